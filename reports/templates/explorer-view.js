// The page: facets, matrix, list and dossier, drawn from the book and what is wanted. Texts of the data become text
// nodes, never markup.
"use strict";

(() => {
  const ROW = 44;
  const CARD = 84; // on a narrow screen
  const BEYOND = 8; // rows drawn above and below what is seen
  const PAPER = 500; // rows printed
  const $ = (id) => document.getElementById(id);
  let book, wanted, found, order, words;
  let active = -1;
  const pieces = new Map();

  // Makes an element: make("td", {class: "num", text: "1.00"}, ...children); a function is a listener.
  function make(name, said = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(said)) {
      if (value === null || value === undefined || value === false) continue;
      if (key === "text") element.textContent = value;
      else if (key === "class") element.className = value;
      else if (typeof value === "function") element.addEventListener(key, value);
      else element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }
  const money = (minor, currency) => `${book.currencies[currency][0]} ${book.show(minor, currency)}`;
  const count = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
  const cause = (i) => book.causes[book.cause[i]];
  const isNarrow = () => matchMedia("(max-width: 719px)").matches;
  const height = () => (isNarrow() ? CARD : ROW);

  // -- what is wanted ---------------------------------------------------------------------------------------------

  function remember(isNew = false) {
    const hash = wanted.hash();
    const place = location.pathname + location.search + (hash ? "#" + hash : "#");
    try {
      history[isNew ? "pushState" : "replaceState"](null, "", place);
    } catch {
      location.hash = hash;
    }
  }

  function change(edit) {
    edit(wanted);
    active = -1;
    remember();
    draw();
  }

  function toggle(facet, key) {
    change((asked) => (asked[facet].has(key) ? asked[facet].delete(key) : asked[facet].add(key)));
  }

  function draw() {
    found = sift(book, wanted);
    order = sorted(book, found.fits, wanted);
    for (const name of [...RANGES, "q"]) if ($(name).value !== wanted[name]) $(name).value = wanted[name];
    drawSums();
    drawChips();
    drawFacets();
    drawMatrix();
    drawHead();
    $("tbody").scrollTop = 0;
    drawRows();
  }

  // -- totals, chips, facets --------------------------------------------------------------------------------------

  function drawSums() {
    const total = new Sum(book);
    for (const i of found.fits) total.add(i);
    const text = !book.size ? words.nothing
      : wanted.isNarrowed() ? fill(words.of, count(book.size), count(total.count)) : fill(words.all, count(book.size));
    $("shown").textContent = text;
    $("sums").replaceChildren(...total.currencies().map((currency) => make("dl", {},
      make("dt", { text: book.currencies[currency][0] }),
      make("dd", {}, make("small", { text: words.size }), book.show(total.abs.get(currency), currency)),
      make("dd", { class: "net" }, make("small", { text: words.net }), book.show(total.net.get(currency), currency)))));
  }

  const NAMES = {
    kind: (k) => book.kinds[k][1],
    leg: (k) => book.legs[k][1],
    channel: (k) => book.channels[k][1],
    cause: (k) => book.causes[k][2],
    currency: (k) => book.currencies[k][0],
    severity: (k) => book.severities[k][1],
    state: (k) => book.states[k][1],
  };

  function drawChips() {
    const chips = [];
    const chip = (text, remove) => chips.push(make("button",
      { type: "button", class: "chip", click: () => change(remove), "aria-label": fill(words.remove, text) },
      make("span", { text }), make("i", { "aria-hidden": "true", text: "✕" })));
    for (const facet of FACETS)
      for (const key of wanted[facet]) {
        const place = book.keys[facet].indexOf(key);
        chip(`${words[facet]}: ${place < 0 ? key : NAMES[facet](place)}`, (asked) => asked[facet].delete(key));
      }
    const bound = (name, caption, word) => {
      if (wanted[name]) chip(`${caption} ${fill(words[word], wanted[name])}`, (asked) => { asked[name] = ""; });
    };
    bound("min", words.amount, "from");
    bound("max", words.amount, "to");
    bound("young", words.age, "from");
    bound("old", words.age, "to");
    if (wanted.q) chip(fill(words.search, wanted.q), (asked) => { asked.q = ""; });
    if (chips.length) chips.push(make("button", { type: "button", class: "clear", text: words.clear, click: clear }));
    $("chips").replaceChildren(...chips);
  }

  function clear() {
    const { sort, down, open } = wanted;
    wanted = Object.assign(new Wanted(), { sort, down, open });
    change(() => {});
  }

  function drawFacets() {
    const focused = document.activeElement?.dataset?.key;
    $("facets").replaceChildren(...FACETS.map((facet) => {
      const items = book.keys[facet].map((key, k) => {
        const number = found.counts[facet][k];
        const box = make("input", {
          type: "checkbox", checked: wanted[facet].has(key), change: () => toggle(facet, key),
          "data-key": `${facet} ${key}`,
        });
        return make("label", { class: number ? "item" : "item none" }, box,
          make("span", { text: NAMES[facet](k) }), make("b", { text: count(number) }));
      });
      return items.length < 2 && !wanted[facet].size ? make("span")
        : make("fieldset", {}, make("legend", { text: words[facet] }), ...items);
    }));
    if (focused) $("facets").querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    const most = Math.max(...found.ages, 1);
    $("ages").replaceChildren(...AGES.map(([low, high], k) => {
      const isOn = wanted.young === String(low) && wanted.old === (high === null ? "" : String(high));
      const bar = make("i", { "aria-hidden": "true" });
      bar.style.width = `${(100 * found.ages[k]) / most}%`;
      return make("button", {
        type: "button", "aria-pressed": String(isOn),
        click: () => change((asked) => {
          asked.young = isOn ? "" : String(low);
          asked.old = isOn || high === null ? "" : String(high);
        }),
      }, make("span", { text: high === null ? fill(words.older, low - 1) : fill(words.ages, low, high) }),
      make("b", { text: count(found.ages[k]) }), bar);
    }));
  }

  // -- the matrix -------------------------------------------------------------------------------------------------

  function drawMatrix() {
    const cells = [...found.cells].map(([key, sum]) =>
      ({ cause: Math.floor(key / book.channels.length), channel: key % book.channels.length, sum }));
    if (!cells.length) {
      $("matrix").replaceChildren(make("p", { class: "none", text: book.size ? words.none : words.nothing }));
      return;
    }
    const causes = [...new Set(cells.map((cell) => cell.cause))].sort((a, b) => a - b);
    const channels = [...new Set(cells.map((cell) => cell.channel))].sort((a, b) => a - b);
    const most = new Map();
    for (const { sum } of cells)
      for (const [currency, minor] of sum.abs) if (!(most.get(currency) > minor)) most.set(currency, minor);
    const shade = (sum) => Math.max(...[...sum.abs].map(([currency, minor]) =>
      (most.get(currency) ? Math.sqrt(Number(minor) / Number(most.get(currency))) : 0)));
    const at = new Map(cells.map((cell) => [cell.cause * book.channels.length + cell.channel, cell.sum]));
    const added = (some) => some.reduce((sum, cell) => (sum.take(cell.sum), sum), new Sum(book));
    const inner = (sum) => [make("b", { text: count(sum.count) }), make("div", {}, ...lines(sum))];
    const lines = (sum) => {
      const currencies = sum.currencies();
      const one = book.currencies.length === 1;
      const shown = currencies.slice(0, 3).map((currency) => make("span", {
        text: (one ? "" : book.currencies[currency][0] + " ") + book.short(sum.abs.get(currency), currency) }));
      if (currencies.length > 3) shown.push(make("span", { text: fill(words.more, currencies.length - 3) }));
      return shown;
    };
    const spoken = (sum) => sum.currencies().map((c) => money(sum.abs.get(c), c)).join("; ");
    const cell = (causeAt, channelAt, sum, kind) => {
      const on = (causeAt < 0 || wanted.cause.has(book.keys.cause[causeAt])) &&
        (channelAt < 0 || wanted.channel.has(book.keys.channel[channelAt])) &&
        (causeAt >= 0 || !wanted.cause.size) && (channelAt >= 0 || !wanted.channel.size) &&
        (causeAt >= 0 || channelAt >= 0);
      const name = fill(words.cell, causeAt < 0 ? words.total : NAMES.cause(causeAt),
        channelAt < 0 ? words.total : NAMES.channel(channelAt), count(sum.count));
      const button = make("button", {
        type: "button", "aria-pressed": String(on), "aria-label": `${name}; ${spoken(sum)}`,
        title: `${name}\n${spoken(sum).replaceAll("; ", "\n")}`,
        "data-cause": causeAt < 0 ? null : book.keys.cause[causeAt],
        "data-channel": channelAt < 0 ? null : book.keys.channel[channelAt],
        click: () => change((asked) => {
          asked.cause = new Set(on || causeAt < 0 ? [] : [book.keys.cause[causeAt]]);
          asked.channel = new Set(on || channelAt < 0 ? [] : [book.keys.channel[channelAt]]);
        }),
      }, ...inner(sum));
      const td = make("td", { class: kind }, button);
      if (kind === "cell") td.style.setProperty("--shade", shade(sum).toFixed(3));
      if (kind === "cell" && shade(sum) > 0.62) td.classList.add("dark");
      return td;
    };
    let leg = "";
    const lined = causes.flatMap((c) => {
      const group = [];
      if (book.causes[c][0] !== leg) {
        leg = book.causes[c][0];
        group.push(make("tr", { class: "leg" }, make("th", { scope: "rowgroup", colspan: channels.length + 2,
          text: book.causes[c][3] })));
      }
      const mine = cells.filter((one) => one.cause === c);
      group.push(make("tr", {}, make("th", { scope: "row", text: NAMES.cause(c) }),
        ...channels.map((h) => {
          const sum = at.get(c * book.channels.length + h);
          return sum ? cell(c, h, sum, "cell") : make("td", { class: "empty" });
        }), cell(c, -1, added(mine), "total")));
      return group;
    });
    $("matrix").replaceChildren(make("table", { class: "matrix" },
      make("thead", {}, make("tr", {}, make("th", { scope: "col", text: words.cause }),
        ...channels.map((h) => make("th", { scope: "col", text: NAMES.channel(h) })),
        make("th", { scope: "col", class: "total", text: words.total }))),
      make("tbody", {}, ...lined),
      make("tfoot", {}, make("tr", {}, make("th", { scope: "row", text: words.total }),
        ...channels.map((h) => cell(-1, h, added(cells.filter((one) => one.channel === h)), "total")),
        cell(-1, -1, added(cells), "total")))));
  }

  // -- the list ---------------------------------------------------------------------------------------------------

  const COLUMNS = ["severity", "cause", "channel", "number", "amount", "currency", "day", "age", "state"];

  function drawHead() {
    $("thead").replaceChildren(make("div", { role: "row", class: "tr" }, ...COLUMNS.map((name) => make("div", {
      role: "columnheader", class: name, "aria-sort": wanted.sort !== name ? "none" : wanted.down ? "descending" : "ascending",
    }, make("button", {
      type: "button", title: fill(words.sort, words[name]),
      click: () => change((asked) => {
        asked.down = asked.sort === name ? !asked.down : name === "amount" || name === "age" || name === "severity";
        asked.sort = name;
      }),
    }, name === "currency" ? words.short : words[name], make("i", { "aria-hidden": "true", text: wanted.sort !== name ? "" : wanted.down ? "▼" : "▲" }))))));
    $("table").setAttribute("aria-rowcount", String(order.length + 1));
    $("table").setAttribute("aria-colcount", String(COLUMNS.length));
  }

  function rowOf(i) {
    const [, , name, legName] = cause(i);
    const minor = book.delta[i];
    return [
      make("div", { role: "cell", class: `severity ${book.keys.severity[book.severity[i]]}` },
        make("i", { "aria-hidden": "true" }), NAMES.severity(book.severity[i])),
      make("div", { role: "cell", class: "cause" }, make("span", { text: name }), make("small", { text: legName })),
      make("div", { role: "cell", class: "channel", text: NAMES.channel(book.channel[i]) }),
      make("div", { role: "cell", class: "number", text: book.order[i] || book.reference[i] || book.batches[book.batch[i]] || "–" }),
      make("div", { role: "cell", class: minor < 0 ? "amount minus" : "amount", text: book.show(minor, book.currency[i]) }),
      make("div", { role: "cell", class: "currency", text: book.currencies[book.currency[i]][0] }),
      make("div", { role: "cell", class: "day", text: book.date(book.day[i]) }),
      make("div", { role: "cell", class: "age", text: fill(words.days, book.age[i]) }),
      make("div", { role: "cell", class: "state", text: NAMES.state(book.state[i]) }),
    ];
  }

  // Rows in sight, by their place in the order. A row that stays is left alone: a click begins and ends on it.
  const rows = new Map();

  function drawRows() {
    const body = $("tbody");
    const tall = height();
    $("space").style.height = `${order.length * tall}px`;
    const first = Math.max(Math.floor(body.scrollTop / tall) - BEYOND, 0);
    const last = Math.min(Math.ceil((body.scrollTop + body.clientHeight) / tall) + BEYOND, order.length);
    for (const [place, row] of rows)
      if (place < first || place >= last || row.dataset.id !== book.id[order[place]]) {
        row.remove();
        rows.delete(place);
      }
    for (let place = first; place < last; place++) {
      const i = order[place];
      if (!rows.has(place)) {
        const row = make("div", { role: "row", id: `row-${place}`, "aria-rowindex": place + 2, "data-place": place,
          "data-id": book.id[i] }, ...rowOf(i));
        rows.set(place, row);
        const after = rows.get(place + 1);
        if (after) after.before(row);
        else $("space").append(row);
      }
      const row = rows.get(place);
      row.style.top = `${place * tall}px`;
      row.className = "tr" + (place === active ? " active" : "") + (book.id[i] === wanted.open ? " open" : "");
    }
    $("empty").hidden = order.length > 0;
    $("empty").textContent = book.size ? words.none : words.nothing;
    body.classList.toggle("few", !order.length);
    if (active >= 0) body.setAttribute("aria-activedescendant", `row-${active}`);
    else body.removeAttribute("aria-activedescendant");
  }

  function move(place) {
    if (!order.length) return;
    active = Math.min(Math.max(place, 0), order.length - 1);
    const body = $("tbody");
    const tall = height();
    if (active * tall < body.scrollTop) body.scrollTop = active * tall;
    if ((active + 1) * tall > body.scrollTop + body.clientHeight) body.scrollTop = (active + 1) * tall - body.clientHeight;
    drawRows();
  }

  // -- one difference ---------------------------------------------------------------------------------------------

  async function dossierOf(i) {
    const number = Math.floor(i / book.piece);
    if (!pieces.has(number)) {
      if (document.readyState === "loading")
        await new Promise((go) => addEventListener("DOMContentLoaded", go, { once: true }));
      pieces.set(number, unpack(`piece-${number}`));
    }
    return (await pieces.get(number))[i % book.piece];
  }

  const placeText = ([file, line]) => book.files[file] + (line === "" ? "" : ":" + line);

  function facts(i) {
    const [, , , , left, right] = cause(i);
    const c = book.currency[i];
    const side = (minor) => (minor === null ? "–" : money(minor, c));
    const rows = [
      [left, side(book.left[i])], [right, side(book.right[i])], [words.amount, money(book.delta[i], c)],
      [words.day, book.date(book.day[i])], [words.age, fill(words.days, book.age[i])],
      [words.clears, book.date(book.clears[i])],
      [words.order, book.order[i]], [words.reference, book.reference[i]], [words.batch, book.batches[book.batch[i]]],
      [words.state, NAMES.state(book.state[i])], [words.person, book.people[book.person[i]]],
      [words.id, book.id[i]],
    ];
    return make("dl", { class: "facts" }, ...rows.filter(([, value]) => value).map(([name, value]) =>
      make("div", {}, make("dt", { text: name }), make("dd", { text: value }))));
  }

  function recordOf([, kind, currency, minor, place, cells], isOpen) {
    const pairs = [];
    for (let k = 0; k < cells.length; k += 2)
      pairs.push(make("tr", {}, make("th", { scope: "row", text: book.cells[cells[k]] }), make("td", { text: cells[k + 1] })));
    return make("details", { class: "record", open: isOpen },
      make("summary", {}, make("code", { text: placeText(place) }),
        make("span", { text: `${book.events[kind] ?? kind} ${currency} ${showCurrency(minor, currency)}` })),
      pairs.length ? make("table", {}, make("tbody", {}, ...pairs)) : null);
  }

  // Amounts of other rows may be in a currency that no difference has.
  function showCurrency(minor, currency) {
    const known = book.decimals[currency] ?? 2;
    return showMinor(BigInt(minor), known);
  }

  function evidence(i, dossier) {
    const [, places, , , , records, moreLeft, moreRight] = dossier;
    if (records === undefined || !records.length)
      return [make("ul", { class: "places" }, ...places.map((place) => make("li", {}, make("code", { text: placeText(place) }))))];
    const [leg] = cause(i);
    return leg.split("_").map((name, side) => {
      const mine = records.filter((record) => record[0] === side);
      const more = side ? moreRight : moreLeft;
      return make("div", { class: "side" }, make("h4", { text: book.books[name] ?? name }),
        ...(mine.length ? mine.map((record) => recordOf(record, mine.length <= 3)) : [make("p", { class: "soft", text: words.no_line })]),
        more ? make("p", { class: "soft", text: fill(words.omitted, count(more)) }) : null);
    });
  }

  function timelineOf(dossier) {
    const events = dossier[8] ?? [];
    if (!events.length) return [make("p", { class: "soft", text: words.no_timeline })];
    const items = events.map(([time, at, kind, status, currency, minor, fee, number, place, note]) => make("li", { class: at },
      make("time", { text: time }),
      make("div", { class: "what" },
        make("b", { text: `${book.books[at] ?? at} · ${book.events[kind] ?? kind}` }),
        minor === null ? null : make("span", { class: "num", text: `${currency} ${showCurrency(minor, currency)}` }),
        fee === null || /^-?0*$/.test(fee) ? null : make("small", { text: fill(words.fee, showCurrency(fee, currency)) }),
        status && status !== "success" && status !== "sent" ? make("em", { text: book.statuses[status] ?? status }) : null),
      make("div", { class: "soft" }, number ? number + "　" : "", note ? note + "　" : "", make("code", { text: placeText(place) }))));
    const more = dossier[9];
    return [make("ol", { class: "timeline" }, ...items), more ? make("p", { class: "soft", text: fill(words.omitted, count(more)) }) : null];
  }

  // A word for a shell to paste: what a file says must not become a command.
  const quoted = (text) => (/^\w[\w.:-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

  function section(title, ...children) {
    return make("section", {}, make("h3", { text: title }), ...children.filter(Boolean));
  }

  async function open(id, isNew = true) {
    const i = book.id.indexOf(id);
    if (i < 0) return shut(false);
    const before = wanted.open;
    wanted.open = id;
    active = order.indexOf(i);
    if (isNew) remember(!before);
    const [, , name, legName] = cause(i);
    $("dossier").hidden = false;
    document.body.classList.add("with-dossier");
    $("nth").textContent = active < 0 ? "" : `${count(active + 1)} / ${count(order.length)}`;
    $("prev").disabled = active <= 0;
    $("next").disabled = active < 0 || active >= order.length - 1;
    const title = make("h2", { id: "dossier-title", tabindex: "-1" }, make("span", { text: name }),
      make("small", { text: `${legName} · ${NAMES.channel(book.channel[i])} · ${NAMES.kind(book.kind[i])}` }));
    $("dossier-body").replaceChildren(title, make("p", { class: "soft", text: words.loading }));
    drawRows();
    let dossier;
    try {
      dossier = await dossierOf(i);
    } catch {
      return fail();
    }
    if (wanted.open !== id) return;
    const [because, , also, linked, decisions] = dossier;
    const isBrief = dossier.length < 6;
    const command = (text) => make("code", { class: "command", text });
    $("dossier-body").replaceChildren(...[title,
      make("p", { class: `because ${book.keys.severity[book.severity[i]]}`, text: because }),
      make("p", { class: "action" }, make("b", { text: words.action }), book.actions[book.action[i]]),
      facts(i),
      section(words.evidence, ...evidence(i, dossier), isBrief ? make("p", { class: "soft", text: fill(words.brief, count(book.detailed)) }) : null),
      isBrief ? null : section(words.timeline, ...timelineOf(dossier)),
      also.length ? section(words.also, make("p", { text: also.map((code) => book.titles[code] ?? code).join(" · ") })) : null,
      linked.length ? section(words.linked, make("p", { class: "links" }, ...linked.map((other) => {
        const k = book.id.indexOf(other);
        return k < 0 ? make("span", { class: "soft", text: `${other} (${words.elsewhere})` })
          : make("button", { type: "button", text: `${cause(k)[2]} ${other}`, click: () => open(other) });
      }))) : null,
      decisions.length ? section(words.decisions, make("ul", { class: "decisions" }, ...decisions.map(([time, actor, action, reason]) =>
        make("li", { text: `${time} ${actor} ${action}: ${reason}` })))) : null,
      section(words.command, command(`recon explain ${id}`),
        book.order[i] ? command(`recon trace ${quoted(book.order[i])}`) : null)].filter(Boolean));
    $("dossier").scrollTop = 0;
    $("dossier").dataset.id = id;
    title.focus({ preventScroll: true });
  }

  function shut(isNew = true) {
    if ($("dossier").hidden) return;
    $("dossier").hidden = true;
    document.body.classList.remove("with-dossier");
    delete $("dossier").dataset.id;
    wanted.open = "";
    if (isNew) remember();
    drawRows();
    $("tbody").focus({ preventScroll: true });
  }

  function step(by) {
    if (active < 0 || !order[active + by] && order[active + by] !== 0) return;
    move(active + by);
    open(book.id[order[active]]);
  }

  // -- beginning --------------------------------------------------------------------------------------------------

  function fail() {
    $("alert").textContent = words?.broken ?? document.documentElement.lang;
    $("alert").hidden = false;
  }

  function listen() {
    let waiting = 0;
    for (const name of [...RANGES, "q"])
      $(name).addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => change((asked) => { asked[name] = $(name).value.trim(); }), 120);
      });
    document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
    let asked = false;
    $("tbody").addEventListener("scroll", () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => { asked = false; drawRows(); });
    });
    $("tbody").addEventListener("click", (event) => {
      const row = event.target.closest("[data-place]");
      if (row && !String(getSelection())) open(row.dataset.id);
    });
    $("tbody").addEventListener("keydown", (event) => {
      const page = Math.max(Math.floor($("tbody").clientHeight / height()) - 1, 1);
      const ways = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page, Home: 0, End: order.length - 1 };
      if (event.key in ways) move(ways[event.key]);
      else if ((event.key === "Enter" || event.key === " ") && active >= 0) open(book.id[order[active]]);
      else return;
      event.preventDefault();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !$("dossier").hidden) shut();
      else if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) {
        $("filters").open = true;
        $("q").focus();
        event.preventDefault();
      }
    });
    $("close").addEventListener("click", () => shut());
    $("prev").addEventListener("click", () => step(-1));
    $("next").addEventListener("click", () => step(1));
    document.querySelector(".skip").addEventListener("click", (event) => {
      event.preventDefault(); // the address holds the filters
      $("tbody").focus();
    });
    const restore = () => {
      const { open: before } = wanted;
      wanted = new Wanted(location.hash);
      draw();
      if (wanted.open && wanted.open !== before) open(wanted.open, false);
      else if (!wanted.open) shut(false);
    };
    addEventListener("popstate", restore);
    addEventListener("hashchange", restore);
    addEventListener("resize", drawRows);
    addEventListener("beforeprint", () => {
      const printed = order.slice(0, PAPER).map((i) => make("div", { class: "tr", role: "row" }, ...rowOf(i)));
      const note = order.length > PAPER ? [make("p", { class: "soft", text: fill(words.printed, count(PAPER), count(order.length)) })] : [];
      $("paper").replaceChildren($("thead").firstChild.cloneNode(true), ...printed, ...note);
    });
    addEventListener("afterprint", () => $("paper").replaceChildren());
  }

  async function start() {
    let head;
    try {
      head = await unpack("head");
    } catch {
      $("alert").textContent = document.documentElement.lang === "en"
        ? "The data cannot be opened: the file is damaged, or the browser is too old."
        : "无法打开数据：文件不完整，或浏览器太旧。";
      $("alert").hidden = false;
      return;
    }
    words = head.words;
    book = new Book(head);
    wanted = new Wanted(location.hash);
    if (isNarrow()) $("filters").open = false;
    listen();
    draw();
    $("page").setAttribute("aria-busy", "false");
    if (wanted.open) open(wanted.open, false);
  }

  start();
})();
