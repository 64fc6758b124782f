import { type ReactNode, useEffect, useId, useRef, useState } from "react";

export type Column<Row> = {
  header: string;
  cell: (row: Row) => ReactNode;
  number?: boolean;      // right-aligned, figures of equal width
  rowHeader?: boolean;   // names its row
};

/// A real table. Where it is wider than the page it scrolls in a region that the keyboard reaches.
export function DataTable<Row>(props: {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  keyOf: (row: Row) => string;
  captionHidden?: boolean;
}) {
  const caption = useId();
  const region = useRef<HTMLDivElement>(null);
  const scrolls = useScrolls(region);
  return (
    <div
      ref={region}
      className="table-region"
      {...(scrolls ? { role: "region", "aria-labelledby": caption, tabIndex: 0 } : {})}
    >
      <table>
        <caption id={caption} className={props.captionHidden ? "unseen" : undefined}>
          {props.caption}
        </caption>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th key={column.header} scope="col" className={column.number ? "number" : undefined}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={props.keyOf(row)}>
              {props.columns.map((column) =>
                column.rowHeader ? (
                  <th key={column.header} scope="row" className={column.number ? "number" : undefined}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.header} className={column.number ? "number" : undefined}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/// Whether an element is wider inside than outside, so that a region is focusable only if it scrolls.
export function useScrolls(of: React.RefObject<HTMLElement | null>): boolean {
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const element = of.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    const look = () => setScrolls(element.scrollWidth > element.clientWidth + 1);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    look();
    return () => observer.disconnect();
  }, [of]);
  return scrolls;
}
