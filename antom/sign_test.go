package antom

import (
	"crypto/x509"
	"encoding/base64"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSignatureOfAntomsOwnVector(t *testing.T) {
	const (
		public    = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu464tKPuluD1u9fEzcUcnRHxCwUTD7qpCKqp3nP6mK+Jlbl/p8G7cFnR8a3Dn35UnRkllKd+doxy1kTi3vQZ6tB9rvMKbjnFyx0s2noEGHCSBS9pLeFmwG/E2Oh0LAtjNrIJndszCPkIT9OK/NkxaqZxFH2JL5XnA5USVzjsBurjNN1ggYCNQ7bxAWV0PvPLyIyexzil2Snbzk6aktfSWS41lgDh1jXa5m6J02Ut3IHxj+m3XhsRH48Qg2i5VuuX+cX+YsQ3CbrwQcpSQwYbmUOFlyNIkcMQ2bl12HOSrj0s7Z0RpJkpYjBgAu08AlXtYi0QTR8SuoS3kETLk0+CRQIDAQAB"
		signature = "P3iNmP1N81UIMDAqBIbuHuZzwb0NsLxbljN707lvAXWaCMJgChlShlVWsCWyq4mYmB67vnpymjI0+rcGpFkTXnMpkfOuR5qgt4hhSlGOAL/7rd0EV2U0DTqIF1CPxgrNpSQe/btA35R8R88ONc2IK6xo/ewMkmlfNWL0zWiyqJmZK8eX4LHlFHGbXEYdNvemfdq/aJ3gLUVcxVl7q0vN0lzy9WicmuD4d+mBVp1oSD24wZ+7MqbUXFV4HpjUpWigyYuhZCQONqTdrGNiFKw7CljnyXNtgepWLwskF1tNlBEgcVHgZa+6xqMZP9uETwlo6ltKO0a3x57tcM/9xsWHnw=="
	)
	message := SigningString("POST", "/ams/sandbox/api/v1/payments/inquiryPayment", clientID, "1685599933871", []byte(`{"paymentRequestId":"PR-20240101-0001"}`))
	key, err := ParsePublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	// With the URL encoding of the official SDKs, and without, as some proxies leave it.
	for _, encoded := range []string{url.QueryEscape(signature), signature} {
		parsed, err := ParseSignature("algorithm=RSA256, keyVersion=1, signature=" + encoded)
		if err != nil {
			t.Fatal(err)
		}
		if err := parsed.Verify(key, message); err != nil {
			t.Error(err)
		}
		if err := parsed.Verify(key, message[1:]); !errors.Is(err, ErrSignature) {
			t.Errorf("another message: %v", err)
		}
		if want := "algorithm=RSA256,keyVersion=1,signature=" + url.QueryEscape(signature); parsed.String() != want {
			t.Errorf("printed as %s", parsed)
		}
	}
}

func TestSignaturesAgreeWithOpenSSL(t *testing.T) {
	for text, signer := range map[string]string{
		"request": "merchant", "answer": "antom", "notification": "antom", "empty-body": "merchant", "utf8-body": "antom2",
	} {
		t.Run(text, func(t *testing.T) {
			want := vector(t, text+".sig")
			signature, err := Sign(privateKey(t, signer), []byte(vector(t, text+".txt")))
			if err != nil {
				t.Fatal(err)
			}
			if got := base64.StdEncoding.EncodeToString(signature.Value); got != want {
				t.Errorf("signature is\n%s, openssl's is\n%s", got, want)
			}
		})
	}
}

func TestKeysInEveryForm(t *testing.T) {
	want := privateKey(t, "merchant")
	for _, form := range []string{"pkcs8.pem", "pkcs1.pem", "pkcs8.b64", "pkcs1.b64"} {
		key, err := ParsePrivateKey("\n " + vector(t, "merchant."+form) + "\n")
		if err != nil || !key.Equal(want) {
			t.Errorf("%s: %v", form, err)
		}
	}
	for _, form := range []string{"pub.pem", "pub.b64"} {
		key, err := ParsePublicKey(vector(t, "merchant."+form))
		if err != nil || !key.Equal(&want.PublicKey) {
			t.Errorf("%s: %v", form, err)
		}
	}
}

// Variables lose line ends or hold them as "\n", and clusters encode a file once more.
func TestKeysAsVariablesHoldThem(t *testing.T) {
	want := privateKey(t, "merchant")
	pem, bare := vector(t, "merchant.pkcs8.pem"), vector(t, "merchant.pkcs8.b64")
	oneLine := strings.ReplaceAll(strings.TrimSpace(pem), "\n", " ")
	for name, text := range map[string]string{
		"CRLF": strings.ReplaceAll(pem, "\n", "\r\n"), `\n`: strings.ReplaceAll(pem, "\n", `\n`), "one line": oneLine,
		"text around": "Bag Attributes: <none>\n" + pem + "\n# mine\n", "encoded once more": base64.StdEncoding.EncodeToString([]byte(pem)),
		"base64 in lines": bare[:70] + "\r\n" + bare[70:140] + "\n" + bare[140:], "base64 of addresses": strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(bare),
		`base64 with \n`: bare[:64] + `\n` + bare[64:],
	} {
		if key, err := ParsePrivateKey(text); err != nil || !key.Equal(want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	public := base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(&want.PublicKey))
	if key, err := ParsePublicKey(public); err != nil || !key.Equal(&want.PublicKey) {
		t.Errorf("a public key in PKCS#1: %v", err)
	}
}

func TestAWrongKeyIsRefusedWithTheWayOut(t *testing.T) {
	pem := vector(t, "merchant.pkcs8.pem")
	for name, row := range map[string]struct{ text, want string }{
		"the public key": {vector(t, "merchant.pub.pem"), "but a public one"}, "cut off": {pem[:200], "damaged"},
		"a certificate":    {"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "openssl x509"},
		"encrypted":        {strings.ReplaceAll(pem, "PRIVATE", "ENCRYPTED PRIVATE"), "openssl pkey"},
		"encrypted, old":   {"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIB\n-----END RSA PRIVATE KEY-----", "openssl pkey"},
		"a key of OpenSSH": {"-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----", "ssh-keygen"},
	} {
		if _, err := ParsePrivateKey(row.text); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", name, err, row.want)
		}
	}
	if _, err := ParsePublicKey(pem); err == nil || !strings.Contains(err.Error(), "but a private one") || strings.Contains(err.Error(), "MII") {
		t.Errorf("a private key as the public one: %v", err)
	}
}

func TestKeysOfSeveralVersions(t *testing.T) {
	one, two := vector(t, "antom.pub.b64"), vector(t, "antom2.pub.pem")
	for text, versions := range map[string][]string{
		one:                       {"1"},
		"7:" + one:                {"7"},
		"1:" + one + ", 2:" + two: {"1", "2"},
		one + ",2:" + two:         {"1", "2"},
	} {
		keys, err := ParsePublicKeys(text)
		if err != nil || !slices.Equal(slices.Sorted(maps.Keys(keys)), versions) {
			t.Errorf("versions %v: got %v, %v", versions, keys, err)
		}
	}
	for _, text := range []string{"", ",", "1:" + one + ",1:" + two, "2:", one + ":1", ":" + one, one + ",", "1:" + one[:40]} {
		if keys, err := ParsePublicKeys(text); err == nil {
			t.Errorf("%.10q… gives %d keys", text, len(keys))
		}
	}
}

func TestBrokenSignatureHeaders(t *testing.T) {
	value := "signature=" + url.QueryEscape(vector(t, "answer.sig"))
	for name, header := range map[string]string{
		"empty":                "",
		"no parts":             "RSA256",
		"other algorithm":      "algorithm=RSA512,keyVersion=1," + value,
		"algorithm in letters": "algorithm=rsa256,keyVersion=1," + value,
		"no algorithm":         "keyVersion=1," + value,
		"no signature":         "algorithm=RSA256,keyVersion=1",
		"empty signature":      "algorithm=RSA256,keyVersion=1,signature=",
		"two signatures":       "algorithm=RSA256,keyVersion=1," + value + "," + value,
		"two algorithms":       "algorithm=RSA256,algorithm=RSA256,keyVersion=1," + value,
		"not base64":           "algorithm=RSA256,keyVersion=1,signature=@@@@",
		"not URL encoding":     "algorithm=RSA256,keyVersion=1,signature=%zz",
	} {
		if _, err := ParseSignature(header); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSignatureHeaderIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Signature{
			KeyVersion: rapid.StringMatching(`[A-Za-z0-9._-]{1,8}`).Draw(t, "version"),
			Value:      rapid.SliceOfN(rapid.Byte(), 1, 512).Draw(t, "value"),
		}
		for _, header := range []string{want.String(), strings.ReplaceAll(want.String(), ",", ", ")} {
			got, err := ParseSignature(header)
			if err != nil || got.KeyVersion != want.KeyVersion || !slices.Equal(got.Value, want.Value) {
				t.Fatalf("%s is read as %v, %v", header, got, err)
			}
		}
	})
}
