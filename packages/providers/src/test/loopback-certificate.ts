/** A certificate for the loopback interface, good for a hundred years, and its key, which guards nothing. */
export const loopbackCertificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgR/5CT+qIOoIru+PN
jZZHytnmp8akB5xn2meMRYjdL6ShRANCAARVBKeql6Lg1rJaiWyN8YXE9EoOuuq2
H0jhMstUfEaBDIuaKdcaVuE/3IgGPah4Ue8NUcCgVDvQaUBYXrKFHZYG
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUISKTkYvz93s5gUoNne6O2Q1b9nQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEzMDAyMjczMloYDzIxMjYxMTA2
MDIyNzMyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARVBKeql6Lg1rJaiWyN8YXE9EoOuuq2H0jhMstUfEaBDIuaKdcaVuE/
3IgGPah4Ue8NUcCgVDvQaUBYXrKFHZYGo28wbTAdBgNVHQ4EFgQU/ny1bXW3t3De
gwq5P4fkpAakMqYwHwYDVR0jBBgwFoAU/ny1bXW3t3Degwq5P4fkpAakMqYwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhALEM+/3u9GdE3LR2d1O8rm6qWk3nf7b+tianpVzLhw05AiBM
w/wZz49dNcr2gtrvZYe+ygMhP7ceN9ADTmq3ae+QrA==
-----END CERTIFICATE-----`,
};
