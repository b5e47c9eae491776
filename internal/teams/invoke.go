package teams

import "encoding/json"

// InvokeCardAction is the invoke of an Action.Execute button.
const InvokeCardAction = "adaptiveCard/action"

// CardAction is a pressed button, or a client asking for a fresh card.
type CardAction struct {
	// Trigger is "manual" for a person's click and "automatic" for a refresh,
	// which must have no effect.
	Trigger string
	// Verb and Data are the card's, with the inputs merged into Data. People can
	// alter both.
	Verb string
	Data json.RawMessage
	// ID is the action's id in the card; often empty.
	ID string
}

// Automatic says whether no person pressed anything.
func (c CardAction) Automatic() bool { return c.Trigger == "automatic" }

// Fields are the members of Data, each as it was written; false when Data is no
// object. They alias Data.
func (c CardAction) Fields() (map[string]json.RawMessage, bool) {
	if len(c.Data) == 0 {
		return nil, true
	}
	fields := make(map[string]json.RawMessage)
	s := scanner{data: c.Data, keys: make([][]byte, 0, usualKeys)}
	for o := s.object(); s.member(&o); {
		fields[string(o.key)] = s.raw()
	}
	s.end()
	return fields, s.err == nil
}

// Invoke reads the button press out of an adaptiveCard/action invoke (Teams:
// Universal Actions for Adaptive Cards). The error is a [*Refusal]: 501 for an
// invoke of another name, 400 for one without an action.
func (a *Activity) Invoke() (CardAction, error) {
	if a.Type != TypeInvoke || a.Name != InvokeCardAction {
		return CardAction{}, &Refusal{Status: statusUnknownInvoke, Code: "invoke unknown", Detail: a.Name}
	}
	var c CardAction
	found := false
	s := scanner{data: a.Value, keys: make([][]byte, 0, usualKeys)}
	for o := s.object(); s.member(&o); {
		switch string(o.key) {
		case "trigger":
			c.Trigger = s.text()
		case "action":
			found = s.peek() == '{'
			s.cardAction(&c)
		default:
			s.skip()
		}
	}
	s.end()
	if s.err != nil || !found {
		return CardAction{}, badBody("invoke without action", "")
	}
	return c, nil
}

func (s *scanner) cardAction(c *CardAction) {
	for o := s.object(); s.member(&o); {
		switch string(o.key) {
		case "verb":
			c.Verb = s.text()
		case "id":
			c.ID = s.text()
		case "data":
			c.Data = s.raw()
		default:
			s.skip()
		}
	}
}
