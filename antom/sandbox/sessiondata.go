package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"slices"

	"antom-checkout/antom"
)

// newSessionData makes the three texts of a session in Antom's shapes: an id, an
// opaque key, and what the SDK is given.
func newSessionData(clientID string, terms Terms) (id, key, data string) {
	bytes := make([]byte, 80)
	if _, err := rand.Read(bytes); err != nil {
		panic(err) // the system's random source does not fail
	}
	key = base64.StdEncoding.EncodeToString(bytes[:64])
	id = base64.StdEncoding.EncodeToString(slices.Concat(bytes[:32], bytes[64:]))
	m, _ := methodOf(terms.Method)
	category := m.sessionCategory()
	scene := "CASHIER_PAYMENT"
	switch terms.Scene {
	case "":
	case antom.SceneElement:
		scene, category = terms.Scene, "ALL"
	case antom.SceneCheckout:
		scene, category = terms.Scene, ""
	default:
		scene = terms.Scene
	}
	config, err := json.Marshal(map[string]any{
		"action":     map[string]any{"app": struct{}{}, "needVerifyAndResume": false, "skipSdkQuery": false, "wap": struct{}{}, "web": struct{}{}},
		"clientId":   clientID,
		"extendInfo": `{"versionMap":{}}`,
		"paymentSessionConfig": map[string]any{
			"paymentMethodCategoryType": category, "productScene": scene, "productSceneVersion": "1.0",
		},
	})
	if err != nil {
		panic(err) // strings and booleans can be written as JSON
	}
	return id, key, key + "&&SG&&188&&" + base64.StdEncoding.EncodeToString(config)
}
