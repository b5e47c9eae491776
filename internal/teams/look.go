package teams

import "context"

// Published is what the channel publishes of its keys.
type Published struct {
	Keys     int // that can verify a token
	Endorsed int // of these, those that may sign for Teams
}

// Look fetches the channel's metadata and keys anew, past those that are kept.
func (r *Receiver) Look(ctx context.Context) (Published, error) {
	keys, err := r.keys.fetch(ctx)
	if err != nil {
		return Published{}, err
	}
	p := Published{Keys: len(keys)}
	for _, k := range keys {
		if k.endorses(channelID) {
			p.Endorsed++
		}
	}
	return p, nil
}
