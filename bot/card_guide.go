package bot

import (
	"strconv"

	"github.com/passdesk/passdesk/internal/access"
)

// drawGuide draws the steps for who reads them out.
func drawGuide(g access.Guide, mayAsk bool, f Face) Card {
	w := wordingOf(f.Locale)
	c := guideBody(g, w)
	return c.with(guideButtons(g, mayAsk, w)...)
}

// drawSentGuide draws the steps for who does them, or for the manager on a first
// day, in their own language.
func drawSentGuide(g access.Guide, by access.Person, f Face) Card {
	w := wordingOf(f.Locale)
	sent := w.run("guide.sent", about{"By": shortName(by), "Person": shortName(g.Person.Person)})
	if f.Viewer == g.Person.ID {
		sent = w.run("guide.sent.you", about{"By": shortName(by)})
	}
	c := guideBody(g, w)
	c.Body = append([]element{c.Body[0], paragraph(faded(sent))}, c.Body[1:]...)
	return c
}

func guideBody(g access.Guide, w wording) Card {
	c := newCard(w.title("guide.fallback", nil), heading(w.own("guide.title"), ""),
		paragraph(bold(name(g.Person.Person)), faint(" "), faded(theirs(g.Person.UPN, upnLength))))
	c.Lang = w.lang()
	c = c.add(paragraph(w.run("guide.route."+string(g.Route), nil)))
	if g.Route == access.Impossible {
		return c.add(w.obstacles(g.Obstacles)...)
	}
	c = c.add(w.firstWords(g)...)
	c = c.add(section(w.own("guide.first"))).add(w.bullets(checks(g))...)
	c = c.add(section(w.own("guide.steps"))).add(w.numbered(steps(g))...)
	c = c.add(section(w.own("guide.fails"))).add(w.bullets(failures(g))...)
	if len(g.Obstacles) > 0 {
		c = c.add(paragraph(faded(w.run("guide.app.closed", nil)))).add(w.obstacles(g.Obstacles)...)
	}
	return c
}

// firstWords are what must be known before anything is tried.
func (w wording) firstWords(g access.Guide) []element {
	var lines []element
	if g.WithPass {
		id := "guide.pass.needed"
		if _, holds := g.Pass(g.At); holds {
			id = "guide.pass.there"
		}
		lines = append(lines, container{Style: "accent", Items: []element{paragraph(w.run(id, nil))}})
	}
	if g.Holder() {
		lines = append(lines, container{Style: "warning", Items: []element{paragraph(w.run("guide.holder", nil))}})
	}
	return lines
}

func (w wording) numbered(lines []guideLine) []element {
	drawn := make([]element, 0, len(lines))
	for i, l := range lines {
		drawn = append(drawn, pair{Width: "28px", Left: bold(ours(ownText(strconv.Itoa(i+1)) + ".")), Right: []textRun{w.run(l.id, l.about)}})
	}
	return drawn
}

func (w wording) bullets(lines []guideLine) []element {
	drawn := make([]element, 0, len(lines))
	for _, l := range lines {
		drawn = append(drawn, pair{Width: "28px", Left: faint("•"), Right: []textRun{w.run(l.id, l.about)}})
	}
	return drawn
}

// mostObstacles is how many obstacles are told.
const mostObstacles = 6

func (w wording) obstacles(all []access.Obstacle) []element {
	drawn := make([]element, 0, len(all))
	for _, o := range all[:min(len(all), mostObstacles)] {
		l := obstacleLine(o)
		drawn = append(drawn, pair{Width: "28px", Left: looking(ours("✕"), isBad), Right: []textRun{w.run(l.id, l.about)}})
	}
	return drawn
}

// guideButtons change the phone, ask for what is missing, and send the steps.
func guideButtons(g access.Guide, mayAsk bool, w wording) []execute {
	if !g.Person.MayAct() {
		return nil
	}
	about := func(more ...any) map[string]any {
		data := map[string]any{inputPerson: g.Person.ID, inputPlatform: g.Phone, inputFrom: verbGuide}
		for i := 0; i+1 < len(more); i += 2 {
			if key, ok := more[i].(string); ok {
				data[key] = more[i+1]
			}
		}
		return data
	}
	other, title := "android", "guide.button.android"
	if g.Phone == "android" {
		other, title = "iOS", "guide.button.ios"
	}
	buttons := []execute{{Title: w.title(title, nil), Verb: verbGuide, Extra: about(inputPlatform, other)}}
	if !mayAsk {
		return buttons
	}
	if _, holds := g.Pass(g.At); g.WithPass && !holds && g.Route != access.Impossible {
		buttons = append(buttons, positive(execute{Title: w.title("guide.button.pass", nil), Verb: verbAskPass, Extra: about()}))
	}
	if o, ok := wouldHelp(g); ok {
		buttons = append(buttons, execute{Title: w.title("guide.button.exclude", nil), Verb: verbExclude, Extra: about(inputPolicy, o.Policy.ID, inputRegister, "true")})
	}
	if to := readerOf(g); to.ID != "" && g.Route != access.Impossible {
		buttons = append(buttons, execute{Title: w.title("guide.button.send", nameOf(to)), Verb: verbSendGuide, Extra: about()})
	}
	return buttons
}

// wouldHelp is the policy from which an exclusion would help, where nothing else
// does.
func wouldHelp(g access.Guide) (access.Obstacle, bool) {
	for _, o := range g.Obstacles {
		if o.Relaxable && g.Route == access.Impossible {
			return o, true
		}
	}
	return access.Obstacle{}, false
}

// readerOf is who is sent the steps: the person, or on a first day, when they
// cannot read it, their manager.
func readerOf(g access.Guide) access.Person {
	if !g.FirstDay() {
		return g.Person.Person
	}
	if g.Manager != nil && g.Manager.MayAct() {
		return g.Manager.Person
	}
	return access.Person{}
}

func nameOf(p access.Person) about { return about{"Person": shortName(p)} }
