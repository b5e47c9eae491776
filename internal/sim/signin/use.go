package signin

// Usage is what became of a session that somebody went on with.
type Usage struct {
	OK        bool   `json:"ok"`
	ErrorCode int    `json:"errorCode"`
	GoodFor   string `json:"goodFor,omitempty"`
	Message   string `json:"message"`
}

// Use goes on with a session. It holds for a day, whatever has become of the
// policies and groups that let it begin, until it is revoked, its person is
// disabled or its pass is gone (Entra: continuous access evaluation).
func (s *SignIn) Use(name string) Usage {
	s.mu.Lock()
	defer s.mu.Unlock()
	opened, known := s.sessions[name]
	if !known {
		return Usage{ErrorCode: strongAuth, Message: "There is no such session. Sign in."}
	}
	if _, code := s.alive(opened); code != 0 {
		return Usage{ErrorCode: code, Message: "The session has ended. " + reason(code)}
	}
	return Usage{OK: true, GoodFor: opened.goodFor, Message: "The session goes on."}
}
