package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"strings"
	"time"

	"github.com/google/uuid"
)

// decode reads a JSON body. Unknown names are refused, as Graph refuses them;
// annotations ("@odata.type") are allowed anywhere at the top.
func (a *ask) decode(into any) error {
	fields, err := a.fields()
	if err != nil {
		return err
	}
	encoded, err := json.Marshal(fields)
	if err != nil {
		return badJSON()
	}
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return badRequest("Invalid request body: " + strings.TrimPrefix(err.Error(), "json: ") + ".")
	}
	return nil
}

// fields reads the body as one JSON object, without its annotations. No body
// is an empty object.
func (a *ask) fields() (map[string]json.RawMessage, error) {
	fields := map[string]json.RawMessage{}
	if len(bytes.TrimSpace(a.Body)) == 0 {
		return fields, nil
	}
	kind, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return nil, badJSON()
	}
	decoder := json.NewDecoder(bytes.NewReader(a.Body))
	if err := decoder.Decode(&fields); err != nil || fields == nil {
		return nil, badJSON()
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, badJSON()
	}
	for name := range fields {
		if strings.HasPrefix(name, "@odata.") {
			delete(fields, name)
		}
	}
	return fields, nil
}

// number, boolean, text and moment read a field; a missing or null one is nil.
func number(raw json.RawMessage) (*int, error)   { return primitive[int](raw, "Edm.Int32") }
func boolean(raw json.RawMessage) (*bool, error) { return primitive[bool](raw, "Edm.Boolean") }

func moment(raw json.RawMessage) (*time.Time, error) {
	text, err := primitive[string](raw, "Edm.DateTimeOffset")
	if text == nil || err != nil {
		return nil, err
	}
	t, err := time.Parse(time.RFC3339Nano, *text)
	if err != nil {
		return nil, cannotConvert(*text, "Edm.DateTimeOffset")
	}
	return &t, nil
}

func primitive[T any](raw json.RawMessage, edm string) (*T, error) {
	var v *T
	if len(raw) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, cannotConvert(string(raw), edm)
	}
	return v, nil
}

func cannotConvert(literal, edm string) error {
	return badRequest("Cannot convert the literal '" + literal + "' to the expected type '" + edm + "'.")
}

func isGUID(s string) bool { return len(s) == 36 && uuid.Validate(s) == nil }
