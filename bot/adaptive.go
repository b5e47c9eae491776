package bot

import (
	"cmp"
	"encoding/json"

	"github.com/passdesk/passdesk/internal/access"
)

// Card is an Adaptive Card as Teams takes it: version 1.5, with the elements
// below and no others (Adaptive Cards schema 1.5; Teams: Cards reference). It is
// made by the functions of this package and then only encoded.
type Card struct {
	FallbackText plainText // for clients that cannot draw the card
	Lang         string    // of its words; empty: English
	Refresh      *refresh
	Body         []element
	Actions      []execute
}

// cardSize is about how large a card becomes, in bytes.
const cardSize = 4096

// JSON encodes the card. It is valid whatever the card holds.
func (c Card) JSON() json.RawMessage { return c.append(make([]byte, 0, cardSize)) }

// append encodes the card behind what is there.
func (c Card) append(b []byte) []byte {
	w := &writer{b}
	w.open("AdaptiveCard")
	put(w, "$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
	put(w, "version", "1.5")
	put(w, "lang", cmp.Or(c.Lang, "en"))
	put(w, "fallbackText", c.FallbackText)
	if c.Refresh != nil {
		c.Refresh.write(w)
	}
	list(w, "body", c.Body)
	if len(c.Actions) > 0 {
		list(w, "actions", c.Actions)
	}
	w.close()
	return w.b
}

// element is what stands in the body of a card, a container or a column. A card
// is encoded at every click, so its elements write themselves.
type element interface{ write(w *writer) }

// refresh makes Teams ask for the card of the people in UserIDs when they look
// (Adaptive Cards: Universal Action Model, refresh).
type refresh struct {
	Action  execute
	UserIDs []string
}

func (r refresh) write(w *writer) {
	w.object("refresh")
	w.key("action")
	r.Action.write(w)
	w.key("userIds")
	w.b = append(w.b, '[')
	for _, id := range r.UserIDs {
		w.comma()
		w.b = quote(w.b, id)
	}
	w.b = append(w.b, ']')
	w.close()
}

// execute is an Action.Execute: a button that comes back as an invoke.
type execute struct {
	Title   plainText
	Verb    string
	Claim   claim
	Extra   map[string]any // carried along beside the claim
	Inputs  bool           // takes the inputs of the card along
	Style   string         // "positive", "destructive" or neither
	Tooltip plainText
}

// claim is all that a button carries of a request: which one it means, and which
// revision of it was on the screen.
type claim struct {
	Ref  access.Ref
	Rev  int
	List bool // the button stands on a list, whose message is not the request's own card
}

func (e execute) write(w *writer) {
	w.open("Action.Execute")
	put(w, "title", e.Title)
	put(w, "verb", e.Verb)
	w.object("data")
	if e.Claim.Ref != "" {
		put(w, "ref", e.Claim.Ref)
		w.number("rev", e.Claim.Rev)
		w.truth("list", e.Claim.List)
	}
	w.extra(e.Extra)
	w.close()
	if !e.Inputs {
		put(w, "associatedInputs", "none")
	}
	put(w, "style", e.Style)
	put(w, "tooltip", e.Tooltip)
	w.close()
}

// textBlock is text in which Teams processes Markdown: our own words only.
type textBlock struct {
	Text    ownText
	Size    string
	Color   string
	Spacing string
}

func (t textBlock) write(w *writer) {
	w.open("TextBlock")
	put(w, "text", t.Text)
	w.truth("wrap", true)
	put(w, "style", "heading")
	put(w, "size", t.Size)
	put(w, "weight", "bolder")
	put(w, "color", t.Color)
	put(w, "spacing", t.Spacing)
	w.close()
}

// richText is a paragraph of runs, in which nothing is processed. It wraps by
// itself.
type richText struct {
	Inlines []textRun
	Spacing string
}

func (t richText) write(w *writer) {
	w.open("RichTextBlock")
	w.runs(t.Inlines)
	put(w, "spacing", t.Spacing)
	w.close()
}

// look is how a run of text looks; several may be joined.
type look uint8

const (
	isBold look = 1 << iota
	isLarge
	isHuge
	isFaint
	isCode
	isGood
	isBad
)

// textRun is a piece of a paragraph, in one typeface.
type textRun struct {
	Text userText
	Look look
}

func (t textRun) write(w *writer) {
	w.b = append(w.b, `{"type":"TextRun","text":`...)
	w.b = quote(w.b, string(t.Text))
	if t.Look != 0 {
		w.looks(t.Look)
	}
	w.close()
}

// looks writes the properties of the looks in l.
func (w *writer) looks(l look) {
	w.look(l, isLarge, "size", "large")
	w.look(l, isHuge, "size", "extraLarge")
	w.look(l, isBold, "weight", "bolder")
	w.look(l, isGood, "color", "good")
	w.look(l, isBad, "color", "attention")
	w.look(l, isCode, "fontType", "monospace")
	w.truth("isSubtle", l&isFaint != 0)
}

// container groups elements; its style gives a background.
type container struct {
	Items     []element
	Style     string
	Spacing   string
	Separator bool
}

func (c container) write(w *writer) {
	w.open("Container")
	list(w, "items", c.Items)
	put(w, "style", c.Style)
	put(w, "spacing", c.Spacing)
	w.truth("separator", c.Separator)
	w.close()
}

// columnSet puts columns side by side.
type columnSet struct {
	Columns []column
	Spacing string
}

func (c columnSet) write(w *writer) {
	w.open("ColumnSet")
	list(w, "columns", c.Columns)
	put(w, "spacing", c.Spacing)
	w.close()
}

// column is one column; Width is "auto", "stretch" or in pixels.
type column struct {
	Width     string
	Items     []element
	Alignment string
}

func (c column) write(w *writer) {
	w.open("Column")
	put(w, "width", c.Width)
	list(w, "items", c.Items)
	put(w, "verticalContentAlignment", c.Alignment)
	w.close()
}

// pair is a narrow column beside a wide one, each with a paragraph: what most of
// a card consists of. It is a columnSet that is cheap to make.
type pair struct {
	Width string
	Left  textRun
	Right []textRun
	Apart bool // some room above it
}

func (p pair) write(w *writer) {
	w.b = append(w.b, `{"type":"ColumnSet","columns":[{"type":"Column","width":`...)
	w.b = quote(w.b, p.Width)
	w.b = append(w.b, `,"items":[{"type":"RichTextBlock","inlines":[`...)
	p.Left.write(w)
	w.b = append(w.b, `]}]},{"type":"Column","width":"stretch","items":[{"type":"RichTextBlock"`...)
	w.runs(p.Right)
	if p.Apart {
		w.b = append(w.b, `}]}],"spacing":"medium"}`...)
		return
	}
	w.b = append(w.b, `}]}],"spacing":"small"}`...)
}

// actionSet is a row of buttons inside the body.
type actionSet struct{ Actions []execute }

func (a actionSet) write(w *writer) {
	w.open("ActionSet")
	list(w, "actions", a.Actions)
	w.close()
}
