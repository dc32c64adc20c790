package checkout

import "antom-checkout/antom"

func decodeNotification(b []byte) (antom.Notification, error) { return nil, nil }

func plainText(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}
