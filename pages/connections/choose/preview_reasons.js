// A component instead of a slot: a slot is rendered again with every change of the page, which loses the focus.
export default {
  props: { rows: Array },
  emits: ["trust", "unfold"],
  template: `
    <div role="list" aria-label="Would not count">
      <div v-for="row in rows" :key="row.key" class="oc-would-not" role="listitem">
        <div>
          <b>{{ row.words }}</b>
          <small v-if="row.titles" class="oc-clip" dir="auto">{{ row.titles }}</small>
          <span v-if="row.no" class="no" role="alert">{{ row.no }}</span>
        </div>
        <span class="acts">
          <button v-if="row.address" type="button" class="oc-btn quiet" :aria-label="'That’s me: ' + row.address"
            @click="$emit('trust', row.address)">That’s me</button>
          <button type="button" class="oc-btn quiet" :aria-expanded="String(row.open)"
            :aria-label="(row.open ? 'Hide' : row.show) + ': ' + row.words"
            @click="$emit('unfold', row.key)">{{ row.open ? "Hide" : row.show }}</button>
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
