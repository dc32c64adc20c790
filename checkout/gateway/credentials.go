package gateway

import (
	"encoding/json"
	"errors"
)

// credentials are the members of Antom's messages with which a card can be charged.
var credentials = map[string]bool{
	"cardNo": true, "cvv": true, "cardPasswordDigest": true, "cardToken": true, "paymentMethodId": true,
	"cavv": true, "caav": true, "mpiData": true,
}

// WithoutCredentials is a message to or from Antom without what a card can be charged
// with. All else stays: it is for the person whom the message is about.
func WithoutCredentials(message []byte) ([]byte, error) {
	var tree any
	if err := json.Unmarshal(message, &tree); err != nil {
		return nil, errors.New("not JSON") // the error would quote it
	}
	dropCredentials(tree)
	return json.Marshal(tree)
}

func dropCredentials(tree any) {
	switch tree := tree.(type) {
	case []any:
		for _, element := range tree {
			dropCredentials(element)
		}
	case map[string]any:
		for name, value := range tree {
			if credentials[name] {
				delete(tree, name)
			} else {
				dropCredentials(value)
			}
		}
	}
}
