package teams

import "encoding/json"

// InvokeFileConsent is the invoke of a person who answers an [Offer] (Teams: Send
// and receive files, "Invoke activity when the user accepts or declines the file").
const InvokeFileConsent = "fileConsent/invoke"

// Content types of the cards that are about files.
const (
	offerCard = "application/vnd.microsoft.teams.card.file.consent"
	savedCard = "application/vnd.microsoft.teams.card.file.info"
)

// Offer asks whether a file may be put into the person's OneDrive.
type Offer struct {
	Name        string // with its extension
	Description string // in plain words
	Size        int64  // bytes, as far as it is known
	// Context comes back with the answer. It can be altered on the way.
	Context json.RawMessage
}

// SavedFile is a file in the person's OneDrive.
type SavedFile struct {
	Name, URL, ID, Type string
}

// FileAnswer is what the person said to an offer. Nothing in it can be believed.
type FileAnswer struct {
	Accepted bool
	Context  json.RawMessage
	// Of an offer that was accepted: where the file is put, and how it is shown.
	UploadURL string
	Saved     SavedFile
}

// FileAnswer reads the answer to an offer out of an invoke. The error is a
// [*Refusal].
func (a *Activity) FileAnswer() (FileAnswer, error) {
	if a.Type != TypeInvoke || a.Name != InvokeFileConsent {
		return FileAnswer{}, &Refusal{Status: statusUnknownInvoke, Code: "invoke unknown", Detail: a.Name}
	}
	var v struct {
		Action  string          `json:"action"`
		Context json.RawMessage `json:"context"`
		Upload  struct {
			ContentURL string `json:"contentUrl"`
			Name       string `json:"name"`
			UploadURL  string `json:"uploadUrl"`
			UniqueID   string `json:"uniqueId"`
			FileType   string `json:"fileType"`
		} `json:"uploadInfo"`
	}
	if err := json.Unmarshal(a.Value, &v); err != nil || v.Action != "accept" && v.Action != "decline" {
		return FileAnswer{}, badBody("file consent without action", "")
	}
	u := v.Upload
	return FileAnswer{
		Accepted: v.Action == "accept", Context: v.Context, UploadURL: u.UploadURL,
		Saved: SavedFile{Name: u.Name, URL: u.ContentURL, ID: u.UniqueID, Type: u.FileType},
	}, nil
}

// files are the attachments that are about files.
func (m Message) files() []wireAttachment {
	var all []wireAttachment
	if o := m.Offer; o != nil {
		all = append(all, wireAttachment{ContentType: offerCard, Name: o.Name, Content: map[string]any{
			"description": o.Description, "sizeInBytes": o.Size, "acceptContext": o.Context, "declineContext": o.Context,
		}})
	}
	if s := m.Saved; s != nil {
		all = append(all, wireAttachment{ContentType: savedCard, ContentURL: s.URL, Name: s.Name, Content: map[string]any{
			"uniqueId": s.ID, "fileType": s.Type,
		}})
	}
	return all
}
