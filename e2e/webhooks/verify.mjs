// Reads deliveries from standard input as JSON, [{"secret","headers","body"}], has the reference
// library of Standard Webhooks verify each, and prints why it refuses them: "" where it does not.
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";

const problems = JSON.parse(await text(process.stdin)).map(({ secret, headers, body }) => {
	try {
		new Webhook(secret).verify(body, headers);
		return "";
	} catch (error) {
		return error.message || String(error);
	}
});
console.log(JSON.stringify(problems));
