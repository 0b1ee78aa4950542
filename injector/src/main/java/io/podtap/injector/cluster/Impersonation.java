/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Acting as another user, by headers.
 *
 * @param headers by name, each with its values; none when one acts as oneself
 * @see "Kubernetes documentation, User impersonation"
 */
record Impersonation(Map<String, List<String>> headers) {

  /** What may stand in a header's name as it is (RFC 9110 section 5.6.2), but for capitals. */
  private static final String TOKEN = "!#$&'*+-.^_`|~";

  /**
   * Reads what options and a kubeconfig's user say; the options win.
   *
   * @throws SettingsException when groups, a uid or more are there without a user
   */
  static Impersonation of(ClusterChoice choice, Map<String, @Nullable Object> user) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    String name = choice.as().isEmpty() ? Tree.text(user, "as") : choice.as();
    String uid = choice.asUid().isEmpty() ? Tree.text(user, "as-uid") : choice.asUid();
    List<String> groups =
        choice.asGroups().isEmpty() ? texts(user.get("as-groups")) : choice.asGroups();
    put(headers, "Impersonate-User", name.isEmpty() ? List.of() : List.of(name));
    put(headers, "Impersonate-Uid", uid.isEmpty() ? List.of() : List.of(uid));
    put(headers, "Impersonate-Group", groups);
    Tree.map(user.get("as-user-extra"))
        .forEach((key, values) -> put(headers, "Impersonate-Extra-" + escaped(key), texts(values)));
    if (!headers.isEmpty() && name.isEmpty()) {
      throw new SettingsException(
          "as-groups, as-uid and as-user-extra need the user that is acted as (as)");
    }
    return new Impersonation(headers);
  }

  private static void put(Map<String, List<String>> headers, String name, List<String> values) {
    for (String value : values) {
      if (value.isEmpty() || value.chars().anyMatch(c -> c < ' ' || c == 0x7F)) {
        throw new SettingsException(name + " '" + value + "' cannot be sent");
      }
    }
    if (!values.isEmpty()) {
      headers.put(name, values);
    }
  }

  private static List<String> texts(@Nullable Object list) {
    List<String> texts = new ArrayList<>();
    for (Object element : Tree.list(list)) {
      texts.add(String.valueOf(element));
    }
    return texts;
  }

  private static String escaped(String key) {
    StringBuilder escaped = new StringBuilder();
    for (byte one : key.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8)) {
      char character = (char) (one & 0xFF);
      boolean isToken =
          (character < 0x80 && Character.isLetterOrDigit(character))
              || TOKEN.indexOf(character) >= 0;
      escaped.append(isToken ? String.valueOf(character) : "%%%02X".formatted((int) character));
    }
    return escaped.toString();
  }

  /** Returns credentials that act so. */
  Credentials of(Credentials own) {
    return headers.isEmpty() ? own : new Acting(own, headers);
  }

  private record Acting(Credentials own, Map<String, List<String>> headers) implements Credentials {

    @Override
    public SSLContext tls() throws IOException {
      return own.tls();
    }

    @Override
    public String authorization() throws IOException {
      return own.authorization();
    }

    @Override
    public String namespace() throws IOException {
      return own.namespace();
    }

    @Override
    public HttpClient.Builder reaching(HttpClient.Builder client) throws IOException {
      return own.reaching(client);
    }
  }
}
