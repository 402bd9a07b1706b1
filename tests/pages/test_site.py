"""What all pages share."""

from pages.site import BASE_STYLES, STATIC, styles


def test_every_style_sheet_is_loaded_once_and_the_base_comes_first() -> None:
    names = styles()
    assert sorted(names) == sorted(path.stem for path in STATIC.glob("*.css"))
    assert tuple(names[: len(BASE_STYLES)]) == BASE_STYLES
