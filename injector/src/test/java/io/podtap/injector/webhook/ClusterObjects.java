/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RealApiServer;
import io.podtap.core.trust.authority.Pem;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Files of objects, created as {@code kubectl create --validate=strict} creates them. */
public final class ClusterObjects {

  private static final String STRICT = "?fieldValidation=Strict";

  private ClusterObjects() {}

  static List<Map<String, @Nullable Object>> read(String text) {
    List<Map<String, @Nullable Object>> objects = new ArrayList<>();
    for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(text)) {
      if (document != null) {
        objects.add(Tree.map(document));
      }
    }
    return objects;
  }

  /** Creates all objects of a file; unknown fields and unknown values are failures. */
  public static void createAll(RealApiServer api, Path file, String more) throws Exception {
    for (Map<String, @Nullable Object> object : read(Files.readString(file))) {
      create(api, object, more);
    }
  }

  static HttpResponse<String> create(
      RealApiServer api, Map<String, @Nullable Object> object, String more) throws Exception {
    HttpResponse<String> answer =
        api.ask("POST", collection(object) + STRICT + more, JsonText.write(object));
    assertThat(answer.statusCode())
        .as("%s: %s", Tree.text(object, "kind"), answer.body())
        .isEqualTo(201);
    assertThat(answer.headers().allValues("Warning"))
        .as(Tree.text(object, "kind"))
        .noneMatch(warning -> warning.contains("unknown field"));
    return answer;
  }

  /** Returns the path of an object's collection; its kind's plural is regular, but for one. */
  private static String collection(Map<String, @Nullable Object> object) {
    String version = Tree.text(object, "apiVersion");
    String kind = Tree.text(object, "kind").toLowerCase(Locale.ROOT);
    String plural = kind.endsWith("policy") ? kind.replaceFirst("y$", "ies") : kind + 's';
    String namespace = Tree.text(object, "metadata", "namespace");
    boolean isGlobal =
        kind.startsWith("cluster")
            || kind.equals("namespace")
            || kind.startsWith("mutating")
            || kind.startsWith("validating");
    return (version.equals("v1") ? "/api/v1" : "/apis/" + version)
        + (isGlobal ? "" : "/namespaces/" + (namespace.isEmpty() ? "default" : namespace))
        + '/'
        + plural;
  }

  private static String path(@Nullable Object client) {
    String path = Tree.text(client, "service", "path");
    return path.isEmpty() ? java.net.URI.create(Tree.text(client, "url")).getPath() : path;
  }

  /**
   * Creates the webhook configuration of a file so that it calls a port of this machine.
   *
   * @param authority signed the certificate at that port
   * @param changes members of each webhook that differ from the file's
   */
  static void createWebhook(
      RealApiServer api, Path file, int port, Certificate authority, Map<String, Object> changes)
      throws Exception {
    String bundle =
        Base64.getEncoder()
            .encodeToString(
                Pem.block("CERTIFICATE", authority.getEncoded())
                    .getBytes(StandardCharsets.US_ASCII));
    for (Map<String, @Nullable Object> object : read(Files.readString(file))) {
      if (Tree.text(object, "kind").startsWith("Mutating")) {
        Map<String, @Nullable Object> here = callingHere(object, port);
        for (Object one : Tree.list(here.get("webhooks"))) {
          Tree.map(Tree.at(one, "clientConfig")).put("caBundle", bundle);
          Tree.map(one).putAll(changes);
        }
        create(api, here, "");
      }
    }
  }

  /** Returns a webhook configuration that calls a port of this machine instead of a service. */
  static Map<String, @Nullable Object> callingHere(
      Map<String, @Nullable Object> configuration, int port) {
    Map<String, @Nullable Object> copy = Tree.copyMap(configuration);
    for (Object webhook : Tree.list(copy.get("webhooks"))) {
      Map<String, @Nullable Object> client = new LinkedHashMap<>();
      client.put("url", "https://localhost:" + port + path(Tree.at(webhook, "clientConfig")));
      Tree.map(webhook).put("clientConfig", client);
    }
    return copy;
  }
}
