/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import java.io.IOException;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/** Whom to trust and who we are. Asked for every request: files change under long programs. */
public interface Credentials {

  /** Returns whose certificate the API server must have, and our own if there is one. */
  SSLContext tls() throws IOException;

  /** Returns the header {@code Authorization}, or an empty text. */
  String authorization() throws IOException;

  /** Returns the namespace that is meant where none is named. */
  String namespace() throws IOException;

  /** Returns further headers of every request, each with its values: whom we act as. */
  default Map<String, List<String>> headers() {
    return Map.of();
  }

  /** Sets a client up to reach the server: TLS, and a proxy if there is one. */
  default HttpClient.Builder reaching(HttpClient.Builder client) throws IOException {
    return client.sslContext(tls());
  }
}
