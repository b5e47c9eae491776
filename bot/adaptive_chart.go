package bot

import "strconv"

// share is one part of a chart. Its value is a number of people.
type share struct {
	Name  plainText
	Value int
	Color string // Teams' names: good, warning, attention, …; empty: the chart's own
}

// donut is a chart of the parts of a whole (Teams: Charts in Adaptive Cards). A
// client that does not know it draws the table instead.
type donut struct {
	Title    plainText
	Shares   []share
	Fallback table
}

func (d donut) write(w *writer) {
	w.open("Chart.Donut")
	put(w, "title", d.Title)
	w.shares(d.Shares, "legend", "value")
	w.fallback(d.Fallback)
}

// bars is a chart of parts side by side.
type bars struct {
	Title    plainText
	Shares   []share
	Fallback table
}

func (b bars) write(w *writer) {
	w.open("Chart.HorizontalBar")
	put(w, "title", b.Title)
	put(w, "displayMode", "AbsoluteNoAxis")
	w.shares(b.Shares, "x", "y")
	w.fallback(b.Fallback)
}

// shares writes the parts of a chart, which every chart calls otherwise.
func (w *writer) shares(all []share, name, value string) {
	w.key("data")
	w.b = append(w.b, '[')
	for _, s := range all {
		w.comma()
		w.b = append(w.b, '{')
		put(w, name, s.Name)
		w.number(value, s.Value)
		put(w, "color", s.Color)
		w.close()
	}
	w.b = append(w.b, ']')
}

// fallback ends an element with what stands in its place where it is unknown.
func (w *writer) fallback(e element) {
	w.key("fallback")
	e.write(w)
	w.close()
}

// table is rows of cells below a header (Adaptive Cards: Table, 1.5).
type table struct {
	Widths []int // of the columns, in parts of the whole
	Rows   [][]textRun
}

func (t table) write(w *writer) {
	w.open("Table")
	put(w, "gridStyle", "default")
	w.key("showGridLines")
	w.b = append(w.b, "false"...)
	w.key("columns")
	w.b = append(w.b, '[')
	for _, width := range t.Widths {
		w.comma()
		w.b = append(w.b, `{"width":`...)
		w.b = strconv.AppendInt(w.b, int64(width), 10)
		w.close()
	}
	w.b = append(w.b, ']')
	list(w, "rows", tableRows(t.Rows))
	w.close()
}

// tableRow is one row, a cell for each run.
type tableRow []textRun

func tableRows(rows [][]textRun) []tableRow {
	all := make([]tableRow, len(rows))
	for i, r := range rows {
		all[i] = r
	}
	return all
}

func (r tableRow) write(w *writer) {
	w.open("TableRow")
	w.key("cells")
	w.b = append(w.b, '[')
	for _, cell := range r {
		w.comma()
		w.open("TableCell")
		list(w, "items", []element{paragraph(cell)})
		w.close()
	}
	w.b = append(w.b, ']')
	w.close()
}
