#pragma once

/* Every maximum for bytes that come from outside, in one list. The figures are
 * those of the hardening plan (HTTP) and of the platforms whose formats we read. */
enum {
    HG_MAX_HEAD = 16 << 10,   /* request line and header fields together */
    HG_MAX_FIELDS = 100,      /* header fields */
    HG_MAX_TARGET = 8 << 10,  /* request target */
    HG_MAX_EVENT = 256 << 10, /* one rendered event: a log line */
    HG_MAX_BODY = 1 << 20,    /* request body on every route but webhooks */
    HG_MAX_WEBHOOK_BODY = 10 << 20,
    HG_MAX_FORM_FIELDS = 100,
    HG_MAX_JSON_DEPTH = 64,
    HG_MAX_JSON_MEMBERS = 10000, /* of one document on an API route */
    HG_MAX_FILE_JSON_DEPTH = 256,
    HG_MAX_FILE_JSON_MEMBERS = 8 << 20,
    HG_MAX_FILE = 64 << 20, /* one file of an export or seed */
    HG_MAX_REQUEST_ARENA = 32 << 20,
    HG_MAX_PAGE = 64 << 10,         /* one rendered HTML page */
    HG_MAX_EXPRESSION = 8192,       /* characters, Logic Apps limit */
    HG_MAX_EXPRESSION_DEPTH = 128,  /* calls and accesses inside each other */
    HG_MAX_FLOW_TEXT = 104857600,   /* characters of one text made by an expression */
    HG_MAX_FLOW_ITEMS = 100000,     /* range(), and any array or object made by an expression */
    HG_MAX_XML = 10 << 20,          /* one XML text in an expression or a sheet */
    HG_MAX_FLOW_DEPTH = 64,         /* of a value that leaves an expression */
    HG_MAX_DEFINITION = 4 << 10,    /* one token lifetime definition */
    HG_MAX_CLAIMS = 8 << 10,        /* the claims parameter */
    HG_MAX_SIGNIN_STATE = 16 << 10, /* a sign-in journey between two requests */
    HG_MAX_RESPONSE = 100 << 20,    /* message size of a flow action */
    HG_MAX_FLOW_ACTIONS = 500,      /* of one definition; flow-platform 3.2 and the next four */
    HG_MAX_FLOW_NESTING = 8,
    HG_MAX_FLOW_VARIABLES = 250,
    HG_MAX_FLOW_NAME = 80,
    HG_MAX_FLOW_LOOP = 100000,     /* items of one Foreach, of one splitOn */
    HG_MAX_FLOW_FINDINGS = 200,    /* of one definition; further ones are only counted */
    HG_MAX_FLOW_RECORDS = 1000000, /* step records of one run */
    HG_MAX_FLOW_STEPS = 1000000,   /* events of one run played locally */
    HG_MAX_CONNECTOR_OPERATIONS = 2000,
    HG_MAX_PASSWORD = 1024,        /* bytes */
    HG_MAX_PASSWORD_HASH = 256,    /* characters of the encoded form */
    HG_MAX_ARGON2_KIB = 256 << 10, /* costs that a stored hash may ask for */
    HG_MAX_ARGON2_PASSES = 16,
    HG_MAX_SECRET = 64 << 10,   /* bytes in locked pages */
    HG_MAX_KEY_FILE = 16 << 10, /* the file of key-encryption keys */
    HG_MAX_SEALED = 32 << 20,   /* bytes of one sealed value's plaintext */
    HG_MAX_KEY_DER = 8 << 10,   /* a private key */
    HG_MAX_CERT_DER = 16 << 10,
    HG_MAX_PEM = 64 << 10,
    HG_MAX_JWT = 16 << 10,         /* one compact JWS; fits a header field's limit twice */
    HG_MAX_JWS_HEADER = 2 << 10,   /* its header, decoded */
    HG_MAX_OTPAUTH_URI = 1 << 10,  /* what one QR code holds with room to spare */
    HG_MAX_DEVICE_RULE = 3072,     /* characters of a filter rule for devices, Graph's limit */
    HG_MAX_LOCATION_RANGES = 2000, /* address ranges of one named location, Graph's limit */
};
