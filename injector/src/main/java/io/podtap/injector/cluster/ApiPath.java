/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Paths of the API server, with names that may hold anything. */
public final class ApiPath {

  private ApiPath() {}

  /** Returns the path of an object, or of what stands below it: {@code pods, NAME, exec}. */
  public static String inNamespace(String namespace, String... parts) {
    StringBuilder path = new StringBuilder("/api/v1/namespaces/").append(encode(namespace));
    for (String part : parts) {
      path.append('/').append(encode(part));
    }
    return path.toString();
  }

  /** Returns a text as it may stand in a path or a query. */
  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
