#pragma once

/* Private keys that we do not take, as PKCS #8. */
#define FOREIGN_P384                                                                       \
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDDPPovULMFzQPLu8Wvwdcw3ZeuM6lBd+ew7fzUr" \
    "187Gzvymr+DA+o+0+DvP8leu4w+hZANiAAQGONVYNPPDAkDnf/pp9QTvlwmyrFfWGIYMhFziRy/mQvywd1fZ" \
    "1rLZR6aiw51kSd4YeHQ0hwEvU+aEi+fFOs+Cz674O/52jJAhTZorw7uVe6NK/+/UP1VqaQWokMJQ3Tg="
#define FOREIGN_RSA_1024                                                                   \
    "MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBAPO46CRzkBJRt3EmUQeY1sYJOpAnlrKBhH5X" \
    "6YDrKce2M/LteqMUp9WG/O1Qrk+D0yWMoMi6WIJOr4cMB68qQEcb2TpcSEdkhrONl37mqQSAmYgrmF/NEkQd" \
    "5wgApkUivk5Dln9FmTeECPWpBpqUBqoOCRqQ+0we6N9BMUHGbtBHAgMBAAECgYEArGu373HCDvO4r1fII3PB" \
    "HcERqUIYnph6P1e6XfYATMVd4xKWnCDUy38AGHPnnWFJU1s1tEwAqc845nVgSk+9wC9B63U5HQHerZgh40re" \
    "wuSp1a9IwNtfEQzyySxQMhH/PRW9j8Fz49+JnH2StLDdy9/l5FoeHyuHJLVlj/KMVUECQQD9OWzBF/UArTM+" \
    "i/Dk+4iiR1stiNVd/mbqCg6FCJ4kxIGQfAZGlntaZgDWokgMqCZLaF6XWlC1POPOVbwHNOypAkEA9mTReduQ" \
    "ra9odlx7OqupvpRJ3/dKGK1cMpVFdssi8wOLbgaK73xxtquR28htGclMAW5VGRZ+v+1mYvcOb+97bwJANjWq" \
    "8JN+YcyyYbt3sK2gjI0WGeNnOh4SThwlC5nSsTBYRGQou8fPVITtvQU0w3Dj8dTAG0q8aHBGnI+CF1DfMQJB" \
    "AMFhJzcoqEho3ufmdaD6keLNp51sDG+JwE7C8R3nGKr6IThdUjXbybPAvF1u1JHkdw64dXmXOiuQO0d494/K" \
    "uWkCQQDKbNIqFvyDAo+ISoxmrVsCDuOojP+HrGNmVI7NiRtvBb3DUIfrPMs02LClCvBms0sGUVoYtqNtJxxI" \
    "cx79G6uv"
#define FOREIGN_ED25519 "MC4CAQAwBQYDK2VwBCIEINpQZVjg4zM+rnBMxLFe2r5HGidY303yJMYwOhGA7kOu"
