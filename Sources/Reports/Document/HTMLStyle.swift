/// How a report looks: the reader's own fonts and colours, light or dark, and on paper.
enum HTMLStyle {
  static let sheet = """
    :root { color-scheme: light dark; --ink: #1f2328; --paper: #fff; --faint: #656d76;
      --line: #d0d7de; --band: #f6f8fa; --link: #0a5fc2; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e6edf3; --paper: #14181d; --faint: #9aa4ae; --line: #343b44;
        --band: #1c2229; --link: #71b0ff; }
    }
    * { box-sizing: border-box; }
    body { margin: 0; color: var(--ink); background: var(--paper);
      font: 16px/1.5 system-ui, sans-serif; }
    main { max-width: 1100px; margin: 0 auto; padding: 24px 20px 64px; }
    h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .6rem; overflow-wrap: anywhere; }
    h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; padding-bottom: .3rem;
      border-bottom: 1px solid var(--line); }
    h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
    p, ul { margin: .5rem 0; max-width: 48rem; overflow-wrap: anywhere; }
    a { color: var(--link); }
    code { font: .9em ui-monospace, monospace; background: var(--band); padding: .1em .3em;
      border-radius: 4px; }
    nav { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: 1rem 0; font-size: .92rem; }
    .table { overflow-x: auto; margin: .8rem 0; }
    table { border-collapse: collapse; font-size: .9rem; }
    th, td { padding: .3rem .7rem; text-align: left; vertical-align: top;
      border-bottom: 1px solid var(--line); }
    th { background: var(--band); vertical-align: bottom; }
    td { min-width: 3.5rem; }
    .long { overflow-wrap: anywhere; min-width: 14rem; }
    .right { text-align: right; font-variant-numeric: tabular-nums; }
    td.right { white-space: nowrap; }
    .figures { display: grid; gap: 14px 18px; margin: 1rem 0; align-items: start; }
    .columns-1 { justify-items: start; }
    .columns-2 { grid-template-columns: repeat(2, minmax(0, 1fr)); }
    .columns-3 { grid-template-columns: repeat(3, minmax(0, 1fr)); }
    .columns-4 { grid-template-columns: repeat(4, minmax(0, 1fr)); }
    @media screen and (max-width: 640px) { .figures { grid-template-columns: minmax(0, 1fr); } }
    figure { margin: 0; min-width: 0; }
    img { display: block; max-width: 100%; height: auto; border-radius: 4px; }
    .drawing { background: #fff; border: 1px solid var(--line); }
    figcaption { color: var(--faint); font-size: .86rem; margin-top: .3rem;
      overflow-wrap: anywhere; }
    details { margin: .8rem 0; }
    summary { cursor: pointer; color: var(--link); }
    @media print {
      :root { --ink: #000; --paper: #fff; --faint: #444; --line: #bbb; --band: #f2f2f2;
        --link: #000; }
      body { font-size: 10pt; }
      main { max-width: none; padding: 0; }
      nav { display: none; }
      h2, h3 { break-after: avoid; }
      figure, tr { break-inside: avoid; }
      .table { overflow: visible; }
      details::details-content { content-visibility: visible; }
    }

    """
}
