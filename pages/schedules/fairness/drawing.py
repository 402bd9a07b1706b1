"""How the ledger is drawn: one element each, however many people and months there are."""

# Names are text in the templates, never markup: people type them.
CHART = """
<div role="img" :aria-label="props.row.name"><svg v-for="d in props.row.drawings" class="oc-chart" :class="d.css"
  :viewBox="d.box" width="100%" aria-hidden="true">
  <rect x="40" :y="d.band.y" :width="d.right - 40" :height="d.band.h" fill="var(--oc-ok-soft)" opacity=".55" />
  <template v-for="g in d.grid"><line x1="40" :x2="d.right" :y1="g.y" :y2="g.y"
    :stroke="g.zero ? 'var(--oc-line-press)' : 'var(--oc-line)'" /><text x="32" :y="g.y + 4" text-anchor="end">{{ g.t
    }}</text></template>
  <text v-for="m in d.months" :x="m.x" :y="d.bottom" text-anchor="middle">{{ m.t }}</text>
  <g v-for="l in d.lines" :key="l.id" :class="l.css"><polyline class="ln" :points="l.line" stroke="var(--p)"
    :stroke-dasharray="l.dash" /><circle v-for="c in l.dots" :cx="c.x" :cy="c.y" r="3" fill="var(--p)" />
    <line :x1="l.x + 4" :y1="l.y" :x2="d.right - 6" :y2="l.label" stroke="var(--oc-line-press)" />
    <text class="name" :x="d.right - 2" :y="l.label + 4">{{ l.name }}</text></g>
</svg></div>
"""
BALANCES = """
<div class="oc-scroll" tabindex="0" role="group" aria-label="Everyone’s ledger, scrolls sideways"
  ><table class="oc-grid">
  <thead><tr><th class="left">Member</th><th class="left not-phone">Share</th><th v-for="h in props.row.heads">{{ h
    }}</th><th>Balance</th><th>Points carried over</th></tr></thead>
  <tbody><tr v-for="p in props.row.people" :key="p.id"><th scope="row" class="left"><button type="button" class="oc-who"
      :aria-label="'Ledger of ' + p.name" @click="() => $parent.$emit('who', p.id)"><span :class="p.mark"
      aria-hidden="true">{{ p.initials }}</span><span class="oc-clip">{{ p.short }}</span><span v-if="p.you"
      class="oc-you">you</span></button></th><td class="soft left not-phone">{{ p.share }}</td><td
      v-for="c in p.cells"><b>{{ c.done }}</b> <span class="soft">{{ c.due }}</span></td><td><span :class="p.bar"
      aria-hidden="true"><i :style="p.size"></i></span> {{ p.after }}</td><td class="soft">{{ p.carried }}</td></tr>
  </tbody>
  <tfoot><tr><th scope="row" class="left">Everyone</th><td class="not-phone"></td><td v-for="s in props.row.sums">{{ s
    }}</td><td>0.0</td><td></td></tr></tfoot>
</table></div>
"""
FACTS = """
<div class="oc-facts"><div v-for="f in props.row.facts" class="oc-fact"><p class="cap">{{ f.name }}</p><b>{{ f.done
  }} <small>{{ f.due }}</small></b><span class="oc-bal" aria-hidden="true"><i :style="f.bar"></i><u :style="f.mark"></u
  ></span><p class="cap fair-hours">{{ f.hours }}</p></div></div>
"""
MONTH = """
<section class="oc-card" :aria-label="props.row.name"><div class="oc-card-head"><h3 class="grow">{{ props.row.name
  }} <small v-if="props.row.coming">coming</small></h3><b class="fair-after">{{ props.row.after }}</b></div>
  <table class="oc-grid fair-month"><tbody><tr v-for="r in props.row.rows"><th scope="row" class="left">{{ r.name
  }}</th><td class="left soft">{{ r.words }}</td><td><b>{{ r.points }}</b></td></tr></tbody></table>
  <details class="oc-fold"><summary>Every line <small>{{ props.row.count }}</small></summary><div class="oc-scroll"
    tabindex="0" role="group" :aria-label="'Every line of ' + props.row.name + ', scrolls sideways'"
    ><table class="oc-grid"><thead><tr><th class="left">Shift</th><th class="left">Cause</th><th>Done</th><th>Share</th
    ><th>Balance</th></tr></thead>
    <tbody><tr v-for="l in props.row.lines"><th scope="row" class="left">{{ l.when }}<small>{{ l.kind }}</small></th><td
      class="left">{{ l.why }}</td><td><b>{{ l.done }}</b></td><td class="soft">{{ l.due }}</td><td>{{ l.after
      }}</td></tr></tbody></table></div></details></section>
"""
