"""OpenID Connect Core 1.0 as a relying party: the authorization code flow with PKCE (RFC 7636).

Authlib builds the messages and checks the claims, joserfc checks signatures, the guarded HTTP client sends requests.
Nothing that a browser or the provider sends is believed before it was checked here.
"""
