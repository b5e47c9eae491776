package app

// Impersonal and Addressless are what is left of a text in the log.
var (
	Impersonal  = impersonal
	Addressless = func(text string) string { return caller.ReplaceAllString(text, "(address)") }
)
