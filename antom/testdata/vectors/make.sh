#!/bin/sh
# Makes the keys and signatures of this folder with openssl, so that a second
# implementation vouches for ours. The keys are throw-away ones: they sign
# nothing but tests. Run it only to replace the whole set.
set -eu
cd "$(dirname "$0")"

for who in merchant antom antom2; do
	openssl genrsa -out "$who.pkcs8.pem" 2048
	openssl rsa -in "$who.pkcs8.pem" -traditional -out "$who.pkcs1.pem"
	openssl pkcs8 -topk8 -nocrypt -in "$who.pkcs8.pem" -outform DER | openssl base64 -A >"$who.pkcs8.b64"
	openssl rsa -in "$who.pkcs8.pem" -traditional -outform DER | openssl base64 -A >"$who.pkcs1.b64"
	openssl rsa -in "$who.pkcs8.pem" -pubout -out "$who.pub.pem"
	openssl rsa -in "$who.pkcs8.pem" -pubout -outform DER | openssl base64 -A >"$who.pub.b64"
done

# Names: what is signed, by whom. The text is the file as it is: printf adds no
# line feed at the end, and the signing string has none.
printf 'POST /ams/sandbox/api/v1/payments/pay\nSANDBOX_5X00000000000000.1685599933871.{"paymentRequestId":"PR-1"}' >request.txt
printf 'POST /ams/sandbox/api/v1/payments/pay\nSANDBOX_5X00000000000000.2019-05-28T12:12:14+08:00.{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."}}' >answer.txt
printf 'POST /hooks/antom/payment?shop=1\nSANDBOX_5X00000000000000.2019-07-12T12:08:56+05:30.{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"},"paymentRequestId":"PR-1"}' >notification.txt
printf 'POST /ams/api/v1/payments/pay\n5X00000000000000.1685599933871.' >empty-body.txt
printf 'POST /ams/api/v1/payments/pay\n5X00000000000000.1685599933871.{"orderDescription":"caf\303\251 \344\270\255"}' >utf8-body.txt

sign() { openssl dgst -sha256 -sign "$1.pkcs8.pem" "$2.txt" | openssl base64 -A >"$2.sig"; }
sign merchant request
sign antom answer
sign antom notification
sign merchant empty-body
sign antom2 utf8-body
