// A component and not a slot: a slot is drawn anew with every change of the page, and whatever had the focus is gone.
export default {
  props: { rows: Array },
  emits: ["trust", "unfold"],
  template: `
    <div role="list" aria-label="Would not count">
      <div v-for="row in rows" :key="row.key" class="oc-would-not" role="listitem">
        <b>{{ row.number }}</b>
        <div>
          <span>{{ row.words }}</span>
          <small v-if="row.titles" class="oc-clip" dir="auto">{{ row.titles }}</small>
          <span v-if="row.no" class="no" role="alert">{{ row.no }}</span>
        </div>
        <span class="acts">
          <button v-if="row.address" type="button" class="oc-btn quiet" :aria-label="'Trust it: ' + row.address"
            @click="$emit('trust', row.address)">Trust it</button>
          <button type="button" class="oc-btn quiet" :aria-expanded="String(row.open)"
            :aria-label="(row.open ? 'Hide: ' : 'Show: ') + row.words"
            @click="$emit('unfold', row.key)">{{ row.open ? "Hide" : "Show" }}</button>
        </span>
        <ul v-if="row.open">
          <li v-for="each in row.examples"
            ><span class="oc-clip" dir="auto">{{ each.title }}</span><small>{{ each.at }}</small></li>
          <li v-if="row.rest"><small>{{ row.rest }}</small></li>
        </ul>
      </div>
    </div>
  `,
};
