package bot

import (
	"embed"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// The texts that are sent to people in their own language. English is whole; what
// another language lacks is said in English.
//
//go:embed messages/*.json
var messages embed.FS

// languages are those of the message files; the first is spoken to everybody else.
var languages = []language.Tag{language.English, language.French}

// bundle holds the message files. They are part of the program: one that cannot be
// read is a fault of the build, which every test finds.
var bundle = sync.OnceValue(func() *i18n.Bundle {
	b := i18n.NewBundle(languages[0])
	b.RegisterUnmarshalFunc("json", json.Unmarshal)
	for _, l := range languages {
		if _, err := b.LoadMessageFileFS(messages, fmt.Sprintf("messages/%s.json", l)); err != nil {
			panic(err)
		}
	}
	return b
})

// wording says things in one person's language.
type wording struct{ localizer *i18n.Localizer }

// wordingOf speaks the language of a locale as Teams names it, such as "fr-CA".
func wordingOf(locale string) wording { return wording{i18n.NewLocalizer(bundle(), locale)} }

// about is what a message tells of: names, mostly, which other people have given.
type about map[string]string

// text is a message. It may hold what other people have written.
func (w wording) text(id string, a about) string {
	text, err := w.localizer.Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: a})
	if err != nil && text == "" {
		return id // TestEveryMessageIsThere keeps it from happening
	}
	return text
}

// messageLength is how long a message may become, in characters.
const messageLength = 400

// run is a message as a run of text.
func (w wording) run(id string, a about) textRun { return theirs(w.text(id, a), messageLength) }

// title is a message as the title of a button or a card.
func (w wording) title(id string, a about) plainText { return plain(w.text(id, a)) }

// own is a message without any foreign text in it.
func (w wording) own(id string) ownText { return ownText(w.text(id, nil)) }

// lang is the language that is spoken.
func (w wording) lang() string {
	_, tag, err := w.localizer.LocalizeWithTag(&i18n.LocalizeConfig{MessageID: "guide.title"})
	if err != nil {
		return languages[0].String()
	}
	return tag.String()
}
