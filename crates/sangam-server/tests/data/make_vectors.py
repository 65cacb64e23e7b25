"""Writes botocore-vectors.json: requests signed by a real botocore with fixed keys and a fixed clock.

Run it with botocore 1.44 installed: python make_vectors.py > botocore-vectors.json
The first group is what botocore's own clients put on the wire; the second is botocore's signer over header sets of other clients.
"""

import datetime
import json
import sys

import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.session

NOW = datetime.datetime(2026, 11, 24, 9, 30, 0, tzinfo=datetime.timezone.utc)
KEY, SECRET = "SANGAMTESTKEY0000001", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
HOST = "127.0.0.1:8722"
INDEX = "0a1b2c3d-0000-4000-8000-000000000001"

botocore.auth.get_current_datetime = lambda *_, **__: NOW


def vector(name, service, region, request):
    path, _, query = request.url.split(HOST, 1)[1].partition("?")
    text = lambda value: value.decode() if isinstance(value, bytes) else str(value)
    headers = [[key, text(value)] for key, value in request.headers.items()]
    if not any(key.lower() == "host" for key, _ in headers):
        headers.append(["Host", HOST])
    body = request.body or b""
    return {"name": name, "service": service, "region": region, "method": request.method, "path": path or "/",
            "query": query, "headers": headers, "body": text(body)}


def captured(name, service, region, operation, **arguments):
    session = botocore.session.get_session()
    client = session.create_client(service, region_name=region, endpoint_url=f"http://{HOST}", aws_access_key_id=KEY,
                                   aws_secret_access_key=SECRET, config=botocore.config.Config(user_agent="botocore"))
    seen = []

    def stop(request, **_):
        seen.append(request)
        return botocore.awsrequest.AWSResponse(request.url, 200, {}, type("Raw", (), {"stream": lambda self: [b"{}"]})())

    client.meta.events.register("before-send", stop)
    getattr(client, operation)(**arguments)
    return vector(name, service, region, seen[0])


def signed(name, service, region, method, target, headers, body, token=None):
    request = botocore.awsrequest.AWSRequest(method=method, url=f"http://{HOST}{target}", headers=headers, data=body)
    credentials = botocore.credentials.Credentials(KEY, SECRET, token)
    botocore.auth.SigV4Auth(credentials, service, region).add_auth(request)
    return vector(name, service, region, request)


def javascript(body):
    import hashlib
    return {
        "amz-sdk-invocation-id": "5a9e3a4e-6b55-4a39-9e3b-6d9f2a2f6f10", "amz-sdk-request": "attempt=1; max=3",
        "content-length": str(len(body)), "content-type": "application/x-amz-json-1.1", "host": HOST,
        "x-amz-content-sha256": hashlib.sha256(body).hexdigest(), "x-amz-target": "AWSKendraFrontendService.Query",
        "x-amz-user-agent": "aws-sdk-js/3.900.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#22.0.0 api/kendra#3.900.0",
    }


QUERY = json.dumps({"IndexId": INDEX, "QueryText": "Wie beantrage ich Urlaub? 休暇 ☂"}, ensure_ascii=False).encode()
PLAIN = {"content-type": "application/json", "host": HOST}

VECTORS = [
    captured("boto_query", "kendra", "eu-central-1", "query", IndexId=INDEX, QueryText="vacation policy"),
    captured("boto_list_indices", "kendra", "us-east-1", "list_indices"),
    captured("boto_get_secret_value", "secretsmanager", "eu-west-1", "get_secret_value", SecretId="confluence"),
    signed("javascript_query", "kendra", "eu-west-1", "POST", "/", javascript(QUERY), QUERY),
    signed("no_body", "kendra", "eu-west-1", "POST", "/", {**PLAIN, "x-amz-target": "AWSKendraFrontendService.ListIndices"}, b""),
    signed("folded_whitespace", "kendra", "eu-west-1", "POST", "/",
           {**PLAIN, "x-amz-target": "AWSKendraFrontendService.ListIndices", "x-amz-note": "  two  spaces\t and   a tab  "}, b"{}"),
    signed("path_and_query", "sangam", "eu-west-1", "GET", "/sangam/v1/indices/a%20b/explain?user=ada%40example.org&b=2&a=1&a=0&flag", PLAIN, b""),
    signed("path_in_need_of_normalising", "sangam", "eu-west-1", "GET", "/sangam/./v1//x/../caf%C3%A9/~t*s;u=v/", PLAIN, b""),
    signed("session_token", "kendra", "eu-west-1", "POST", "/", {**PLAIN, "x-amz-target": "AWSKendraFrontendService.ListIndices"}, b"{}", "a-token"),
]

json.dump({"now": "2026-11-24T09:30:00Z", "access_key_id": KEY, "secret": SECRET, "vectors": VECTORS}, sys.stdout, indent=1, ensure_ascii=False)
print()
