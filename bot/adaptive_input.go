package bot

// textInput is an Input.Text.
type textInput struct {
	ID           string
	Label        ownText
	Value        typedText
	Placeholder  ownText
	IsMultiline  bool
	MaxLength    int
	ErrorMessage ownText // set: the field is required
}

func (i textInput) write(w *writer) {
	w.input("Input.Text", i.ID, i.Label)
	put(w, "value", i.Value)
	put(w, "placeholder", i.Placeholder)
	w.truth("isMultiline", i.IsMultiline)
	w.number("maxLength", i.MaxLength)
	w.required(i.ErrorMessage)
	w.close()
}

// numberInput is an Input.Number.
type numberInput struct {
	ID           string
	Label        ownText
	Value        int // 0: empty
	Min, Max     int
	ErrorMessage ownText // set: the field is required
}

func (i numberInput) write(w *writer) {
	w.input("Input.Number", i.ID, i.Label)
	if i.Value != 0 {
		w.number("value", i.Value)
	}
	w.number("min", i.Min)
	w.number("max", i.Max)
	w.required(i.ErrorMessage)
	w.close()
}

// dayInput is an Input.Date ("2006-01-02") or an Input.Time ("15:04"); neither
// has a zone.
type dayInput struct {
	Kind  string // "Input.Date" or "Input.Time"
	ID    string
	Label ownText
	Value ownText
}

func (i dayInput) write(w *writer) {
	w.input(i.Kind, i.ID, i.Label)
	put(w, "value", i.Value)
	w.close()
}

// toggleInput is an Input.Toggle; its value is "true" or "false".
type toggleInput struct {
	ID    string
	Label ownText
	Title ownText
	On    bool
}

func (i toggleInput) write(w *writer) {
	w.input("Input.Toggle", i.ID, i.Label)
	put(w, "title", i.Title)
	value := "false"
	if i.On {
		value = "true"
	}
	put(w, "value", value)
	w.truth("wrap", true)
	w.close()
}

// choiceInput is an Input.ChoiceSet.
type choiceInput struct {
	ID           string
	Label        ownText
	Value        string
	Placeholder  ownText
	Style        string
	Choices      []choice
	Dataset      string  // Teams fills the choices from it as the person types
	ErrorMessage ownText // set: the field is required
}

func (i choiceInput) write(w *writer) {
	w.input("Input.ChoiceSet", i.ID, i.Label)
	put(w, "value", i.Value)
	put(w, "placeholder", i.Placeholder)
	put(w, "style", i.Style)
	list(w, "choices", i.Choices)
	w.required(i.ErrorMessage)
	if i.Dataset != "" {
		w.key("choices.data")
		w.open("Data.Query")
		put(w, "dataset", i.Dataset)
		w.close()
	}
	w.truth("wrap", true)
	w.close()
}

// choice is one choice of a choiceInput.
type choice struct {
	Title plainText
	Value string
}

func (c choice) write(w *writer) {
	w.b = append(w.b, '{')
	put(w, "title", c.Title)
	put(w, "value", c.Value)
	w.close()
}
