"""How an import is drawn: one element for each part, however many names and people there are."""

# Names are text in the templates, never markup: people type them.
NAMES = """
<div class="oc-scroll" tabindex="0" role="group" aria-label="Names, scrolls sideways"
  ><table class="oc-grid import-names">
  <thead><tr><th class="left">Name there</th><th class="left">Member</th><th>Shifts</th><th class="left not-phone">From,
  until</th></tr></thead>
  <tbody><tr v-for="n in props.row.names" :key="n.key"><th scope="row" class="left">{{ n.name }}<small v-if="n.email">{{
    n.email }}</small></th><td class="left"><select :class="{needs: n.value === ''}" :aria-label="n.said"
    :value="n.value" @change="(e) => $parent.$emit('who', [n.key, e.target.value])"><option v-if="n.value === ''"
    value="">{{ n.said }}</option><option v-for="o in props.row.options" :key="o.v" :value="o.v">{{ o.t }}</option
    ></select></td><td>{{ n.shifts }}</td><td class="left soft not-phone">{{ n.span }}</td></tr></tbody>
</table></div>
"""
BRINGS = """
<ul class="oc-lines rule"><li v-for="l in props.row.lines" :key="l.t"><i :class="'oc-i ' + l.icon" aria-hidden="true"
  ></i><p><b>{{ l.t }}</b><small>{{ l.s }}</small></p></li></ul>
"""
PROBLEMS = """
<details class="oc-fold import-problems"><summary>{{ props.row.t }}</summary><ul><li v-for="p in props.row.lines">{{ p
  }}</li></ul></details>
"""
OPENING = """
<div class="oc-scroll" tabindex="0" role="group" aria-label="Opening balances, scrolls sideways"><table class="oc-grid">
  <thead><tr><th class="left">Member</th><th>Shifts</th><th>Done</th><th>Fair share</th><th>Balance</th></tr></thead>
  <tbody><tr v-for="p in props.row.people"><th scope="row" class="left">{{ p.name }}</th><td class="soft">{{
    p.slots }}</td><td><b>{{ p.done }}</b></td><td class="soft">{{ p.due }}</td><td>{{ p.balance }}</td></tr></tbody>
</table></div>
"""
PAST = """
<div role="listitem" class="import-past"><p><b>{{ props.row.t }}</b><small>{{ props.row.s }}</small></p><button
  v-if="props.row.last" type="button" class="oc-btn" :aria-label="'Undo the import of ' + props.row.t"
  @click="() => $parent.$emit('undo', props.row.key)">Undo</button></div>
"""
