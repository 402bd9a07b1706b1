(event) => {
  // One tab stop; arrows go along a role, up and down through roles and weeks, t to the shift that runs now.
  const grid = event.currentTarget, from = event.target.closest("[role=gridcell]");
  if (!from || event.altKey || event.ctrlKey || event.metaKey) return;
  const cells = [...grid.querySelectorAll("[role=gridcell]")];
  const lane = cells.filter((cell) => cell.dataset.role === from.dataset.role);
  const rows = [...grid.querySelectorAll("[role=row]")].filter((row) => row.querySelector("[role=gridcell]"));
  const hour = (cell) => Number(cell.style.getPropertyValue("--a"));
  const nearest = (found) => found.sort((a, b) => Math.abs(hour(a) - hour(from)) - Math.abs(hour(b) - hour(from)))[0];
  const here = rows.indexOf(from.closest("[role=row]"));
  const inRow = (row) => (row ? [...row.querySelectorAll("[role=gridcell]")] : []);
  const roles = [...new Set(cells.map((cell) => cell.dataset.role))].sort();
  const beside = (step) => {
    let role = roles.indexOf(from.dataset.role) + step, row = here;
    if (role < 0 || role >= roles.length) { row += step; role = role < 0 ? roles.length - 1 : 0; }
    return nearest(inRow(rows[row]).filter((cell) => cell.dataset.role === roles[role]));
  };
  const own = inRow(rows[here]).filter((cell) => cell.dataset.role === from.dataset.role);
  const moves = {
    ArrowLeft: () => lane[lane.indexOf(from) - 1],
    ArrowRight: () => lane[lane.indexOf(from) + 1],
    ArrowUp: () => beside(-1),
    ArrowDown: () => beside(1),
    Home: () => own[0],
    End: () => own.at(-1),
    t: () => cells.find((cell) => "now" in cell.dataset),
  };
  if (event.key === "Enter" || event.key === " ") { event.preventDefault(); from.click(); return; }
  if (!moves[event.key]) return;
  event.preventDefault();
  const to = moves[event.key]();
  if (!to) return;
  cells.forEach((cell) => { cell.tabIndex = cell === to ? 0 : -1; });
  to.focus();
}
