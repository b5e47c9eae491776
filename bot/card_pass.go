package bot

import (
	"strings"

	"github.com/passdesk/passdesk/internal/access"
)

// drawBefore tells the asker, after Show pass, what is about to happen. It
// changes nothing.
func drawBefore(s Sight, f Face) Card {
	r := s.Request
	return newCard("The pass is made when you press Create and show.",
		heading("Before the pass is shown", ""),
		subject(r),
		numbered("1", ours("Have "), bold(name(r.Person)), ours(" on the telephone now, at a number that you know.")),
		numbered("2", ours("See that nobody looks at your screen, and that you are not sharing it.")),
		numbered("3", ours("Press Create and show. The pass is made at that moment and shown here, once, for "), bold(ours("two minutes")), ours(".")),
		numbered("4", ours("Read it out. Never write it down: not in a chat, a mail or a ticket.")),
		apart(row("Pass", terms(r.Terms, f)...)),
		row("Until", bold(f.until(r.Due)), ours(". Unused, the approval lapses then.")),
	).with(positive(button("Create and show", verbCreate, r)), button("Not now", verbView, r))
}

// numbered is a step of instructions.
func numbered(n ownText, runs ...textRun) element {
	return pair{Width: "20px", Left: bold(ours(n)), Right: runs}
}

// drawCode shows the pass to the one person who may read it. Nothing else in
// Passdesk writes a code, and this card is only ever an answer to a click: it is
// never sent, stored or refreshed.
func drawCode(s Sight, code access.Secret, f Face) Card {
	r := s.Request
	c := newCard("The pass is on this card. Open it in Teams to read it.",
		heading("Read this pass out now", ""),
		subject(r),
	).add(drawSpelling(code.Reveal())...)
	c = c.add(apart(row("Say it", ours("By voice, to "), bold(name(r.Person)), ours(". Never write it in a chat, a mail or a ticket."))))
	if r.Terms.Start.After(f.Now) {
		c = c.add(row("Works from", bold(f.at(r.Terms.Start))))
	}
	c = c.add(row("Works until", bold(f.until(r.Ends)), ours(often(r.Terms))))
	if r.Terms.Once {
		c = c.add(notice("warning", "Ten minutes", ours("After signing in with this pass, "), name(r.Person), ours(" has ten minutes to register a passkey. Stay on the line until it is done.")))
	}
	made := s.Reveal.Made
	if made.IsZero() {
		made = f.Now
	}
	return c.add(apart(row("Vanishes", ours("This card vanishes "), bold(f.until(made.Add(access.ScreenLasts))), ours(", or when you press Hide. The same code is never shown again.")))).
		with(button("Hide", verbHide, r))
}

func often(t access.Terms) ownText {
	if t.Once {
		return ", and once only"
	}
	return ", as often as needed"
}

// codeGroup is how many characters are read out in one breath.
const codeGroup = 4

// drawSpelling draws a code in large type, in groups, and below it each group in
// words, so that nothing is taken for something else.
func drawSpelling(code string) []element {
	groups := groupsOf([]rune(code), codeGroup)
	whole := textRun{userText(strings.Join(groups, " ")), isHuge | isBold | isCode}
	drawn := make([]element, 0, 1+len(groups))
	drawn = append(drawn, container{Style: "emphasis", Items: []element{paragraph(whole)}})
	for _, group := range groups {
		drawn = append(drawn, pair{Width: labelWidth, Left: textRun{userText(group), isBold | isCode}, Right: []textRun{ours(spell(group))}})
	}
	return drawn
}

// groupsOf cuts a code into groups of n; a last group of one character would be
// overheard, and joins the one before it.
func groupsOf(code []rune, n int) []string {
	var groups []string
	for len(code) > n+1 {
		groups = append(groups, string(code[:n]))
		code = code[n:]
	}
	return append(groups, string(code))
}
