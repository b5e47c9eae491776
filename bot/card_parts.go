package bot

import (
	"strconv"

	"github.com/passdesk/passdesk/internal/access"
)

// usualBody is room for what most cards hold.
const usualBody = 12

// newCard makes a card of elements; fallback is read where it cannot be drawn.
func newCard(fallback plainText, body ...element) Card {
	return Card{FallbackText: fallback, Body: append(make([]element, 0, usualBody), body...)}
}

// with gives the card its buttons.
func (c Card) with(buttons ...execute) Card {
	c.Actions = buttons
	return c
}

// add appends elements to the card.
func (c Card) add(more ...element) Card {
	c.Body = append(c.Body, more...)
	return c
}

// heading is the card's title, which screen readers find as one.
func heading(text ownText, color string) textBlock {
	return textBlock{Text: text, Size: "large", Color: color}
}

// section is a title inside a card.
func section(text ownText) textBlock {
	return textBlock{Text: text, Spacing: "medium"}
}

// paragraph is a line of text of any origin.
func paragraph(runs ...textRun) richText {
	return richText{Inlines: runs}
}

// ours is a run of our own words.
func ours(text ownText) textRun { return textRun{Text: userText(text)} }

// theirs is a run of somebody else's words, of at most limit characters.
func theirs(text string, limit int) textRun {
	return textRun{Text: clean(text, limit)}
}

// name is a person's name; one without a name is called by the sign-in name.
func name(p access.Person) textRun { return theirs(shortName(p), nameLength) }

func shortName(p access.Person) string {
	switch {
	case p.ID == access.Passdesk:
		return "Passdesk"
	case clean(p.Name, nameLength) != "":
		return string(clean(p.Name, nameLength))
	case clean(p.UPN, upnLength) != "":
		return string(clean(p.UPN, upnLength))
	}
	return "somebody"
}

// policyName is a policy's name; one without a name goes by its id.
func policyName(p access.PolicyRef) textRun {
	switch {
	case clean(p.Name, nameLength) != "":
		return theirs(p.Name, nameLength)
	case p.ID != "":
		return theirs(string(p.ID), nameLength)
	}
	return ours("none was chosen")
}

// who is a person's name, or "You" for the one who looks.
func who(p access.Person, f Face) textRun {
	if p.ID == f.Viewer && p.ID != "" {
		return ours("You")
	}
	return name(p)
}

func bold(r textRun) textRun { return looking(r, isBold) }

func large(r textRun) textRun { return looking(r, isLarge) }

func faded(r textRun) textRun { return looking(r, isFaint) }

func faint(text ownText) textRun { return faded(ours(text)) }

func looking(r textRun, l look) textRun {
	r.Look |= l
	return r
}

// labelWidth fits the longest label of a row on a phone.
const labelWidth = "84px"

// row is a label with what belongs to it.
func row(label ownText, runs ...textRun) pair {
	return pair{Width: labelWidth, Left: faint(label), Right: runs}
}

// news leaves some room above the first of several elements if it is a row.
func news(elements ...element) []element {
	if len(elements) == 0 {
		return nil
	}
	if first, ok := elements[0].(pair); ok {
		elements[0] = apart(first)
	}
	return elements
}

// apart leaves some room above a row, where another thought begins.
func apart(p pair) pair {
	p.Apart = true
	return p
}

// notice is something that must not be overlooked, with a word that says how
// much it weighs, beside the colour.
func notice(style string, word ownText, runs ...textRun) container {
	first := bold(ours(word + ": "))
	return container{Style: style, Items: []element{paragraph(append([]textRun{first}, runs...)...)}}
}

// button is a button that needs no input.
func button(title plainText, verb string, r access.Request) execute {
	return execute{Title: title, Verb: verb, Claim: claim{Ref: r.Ref, Rev: r.Rev}}
}

// sender is a button that takes the inputs of its card along.
func sender(title plainText, verb string, r access.Request) execute {
	b := button(title, verb, r)
	b.Inputs = true
	return b
}

func positive(b execute) execute {
	b.Style = "positive"
	return b
}

func destructive(b execute) execute {
	b.Style = "destructive"
	return b
}

// count writes a small number with its noun.
func count(n int, one, many ownText) ownText {
	if n == 1 {
		return "1 " + one
	}
	return ownText(strconv.Itoa(n)) + " " + many
}
