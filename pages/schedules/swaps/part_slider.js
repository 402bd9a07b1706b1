// Two handles over a shift. Moving one says its time at once; letting it go tells the server.
export default {
  template: `
    <div class="swaps-slide" role="group" aria-label="Which part">
      <div class="rail" :style="{ '--a': a, '--b': b, '--n': last }">
        <i></i>
        <input type="range" min="0" :max="last" step="1" :value="a" aria-label="From" :aria-valuetext="labels[a]"
          :class="{ 'is-first': a > last / 2 }" @input="moveFrom" @change="$emit('part', [a, b])">
        <input type="range" min="0" :max="last" step="1" :value="b" aria-label="Until" :aria-valuetext="labels[b]"
          @input="moveUntil" @change="$emit('part', [a, b])">
      </div>
      <div class="days" aria-hidden="true">
        <span v-for="day in days" :key="day.at" :style="{ '--at': day.at }">{{ day.word }}</span>
      </div>
    </div>`,
  props: { labels: Array, days: Array, places: Array },
  data() {
    return { a: this.places[0], b: this.places[1] };
  },
  computed: {
    last() {
      return this.labels.length - 1;
    },
  },
  methods: {
    moveFrom(event) {
      this.a = event.target.value = Math.min(Number(event.target.value), this.b - 1);
    },
    moveUntil(event) {
      this.b = event.target.value = Math.max(Number(event.target.value), this.a + 1);
    },
    move(a, b) {
      this.a = a;
      this.b = b;
    },
  },
};
