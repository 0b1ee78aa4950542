/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.catalog;

import static io.podtap.sensor.notice.catalog.Variant.client;
import static io.podtap.sensor.notice.catalog.Variant.harmless;
import static io.podtap.sensor.notice.catalog.Variant.page;
import static io.podtap.sensor.notice.catalog.Variant.request;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Tokens of service accounts and Secrets, wherever a program may carry them. */
final class SecretVariants {

  private static final String TOKEN = "Cluster::Token_Exposed";
  private static final String SECRET = "Cluster::Secret_Exposed";

  private SecretVariants() {}

  static List<Variant> all() {
    List<Variant> all = new ArrayList<>();
    tokens(all);
    secrets(all);
    return all;
  }

  private static void tokens(List<Variant> all) {
    for (String head :
        List.of(
            "{\"alg\":\"RS256\",\"kid\":\"k\"}",
            "{\"alg\":\"ES256\",\"kid\":\"k\",\"typ\":\"JWT\"}",
            "{\"typ\":\"JWT\",\"alg\":\"RS256\"}",
            "{\"kid\":\"k\",\"alg\":\"RS256\"}")) {
      String token = token(head, "{\"iss\":\"a\",\"sub\":\"system:serviceaccount:shop:web\"}");
      String legacy =
          token(
              head,
              "{\"iss\":\"kubernetes/serviceaccount\",\"kubernetes.io/serviceaccount/namespace\":"
                  + "\"shop\",\"sub\":\"system:serviceaccount:shop:web\"}");
      add(all, head, token);
      add(all, "old, " + head, legacy);
    }
    String other = token("{\"alg\":\"RS256\"}", "{\"iss\":\"https://login\",\"sub\":\"alice\"}");
    all.add(
        harmless(
            "the token of a person",
            request("GET", "/", "Authorization: Bearer " + other + "\r\n", "")));
  }

  private static void add(List<Variant> all, String head, String token) {
    all.add(
        Variant.of(
            TOKEN,
            "bearer " + head,
            request("GET", "/", "Authorization: Bearer " + token + "\r\n", "")));
    all.add(
        Variant.of(
            TOKEN,
            "cookie " + head,
            request("GET", "/", "Cookie: a=b; session=" + token + "\r\n", "")));
    all.add(
        Variant.of(TOKEN, "header " + head, request("GET", "/", "X-Token: " + token + "\r\n", "")));
    all.add(
        Variant.of(TOKEN, "parameter " + head, request("GET", "/?access_token=" + token, "", "")));
    all.add(
        Variant.of(
            TOKEN,
            "JSON " + head,
            request("POST", "/", "", "{\"jwt\":\"" + token + "\",\"role\":\"web\"}")));
    all.add(Variant.of(TOKEN, "form " + head, request("POST", "/", "", "t=" + token)));
    all.add(Variant.of(TOKEN, "page " + head, page("/t", "text/plain", token + "\n")));
    all.add(Variant.of(TOKEN, "a stream " + head, client(5_000, "token " + token + "\n")));
    all.add(
        Variant.of(
            TOKEN,
            "a value of Redis " + head,
            client(
                6_379,
                "*2\r\n$3\r\nGET\r\n$1\r\nt\r\n",
                "$" + token.length() + "\r\n" + token + "\r\n")));
    all.add(
        Variant.of(
            TOKEN,
            "data of a Secret, in Base64 " + head,
            request("POST", "/", "", "{\"token\":\"" + base64(token) + "\"}")));
  }

  private static void secrets(List<Variant> all) {
    String json =
        "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"db\"},"
            + "\"data\":{\"password\":\"c2VjcmV0\"}}";
    all.add(secret("JSON", json));
    all.add(secret("JSON with blanks", json.replace(":", ": ").replace(",", ",\n  ")));
    all.add(
        secret(
            "JSON, kind last",
            "{\"apiVersion\":\"v1\",\"data\":{\"password\":\"c2VjcmV0\"},"
                + "\"metadata\":{\"name\":\"db\"}"
                + ",\"kind\":\"Secret\"}"));
    all.add(secret("JSON with blanks in front of colons", json.replace(":", " : ")));
    all.add(secret("JSON inside JSON", "{\"last\":\"" + json.replace("\"", "\\\"") + "\"}"));
    all.add(secret("a list", "{\"kind\":\"SecretList\",\"apiVersion\":\"v1\",\"items\":[]}"));
    String yaml =
        "apiVersion: v1\ndata:\n  password: c2VjcmV0\nkind: Secret\nmetadata:\n  name: db\n";
    all.add(secret("YAML", yaml));
    all.add(secret("YAML with quotes", yaml.replace("kind: Secret", "kind: \"Secret\"")));
    all.add(secret("YAML with single quotes", yaml.replace("kind: Secret", "kind: 'Secret'")));
    all.add(secret("several documents of YAML", "kind: Pod\n---\n" + yaml));
    all.add(secret("JSON in Base64", "{\"backup\":\"" + base64(json) + "\"}"));
    all.add(secret("YAML in Base64", "{\"backup\":\"" + base64(yaml) + "\"}"));
    all.add(secret("protobuf", "k8s\0\n\f\n\2v1\22\6Secret\22\7\n\5\n\2db"));
    all.add(secret("a key of etcd", "\n\30/registry/secrets/shop/db\22\3k8s"));
    for (String kind : List.of("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ")) {
      String key = "-----BEGIN " + kind + "PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n";
      all.add(secret(kind + "private key", key));
      all.add(
          secret(kind + "private key in JSON", "{\"key\":\"" + key.replace("\n", "\\n") + "\"}"));
    }
    all.add(
        secret(
            "private key in Base64",
            "tls.key: " + base64("-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B")));
    all.add(
        secret("variables", "HOSTNAME=a\nAWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG\nPATH=/b"));
    all.add(
        secret(
            "variables of a database",
            """
            PATH=/bin
            HOSTNAME=web-1
            DB_PASSWORD=letmein
            KUBERNETES_PORT=tcp://10.96.0.1:443
            """));
    all.add(
        harmless(
            "a Pod",
            page(
                "/p",
                "application/json",
                "{\"kind\":\"Pod\",\"spec\":{\"volumes\":"
                    + "[{\"secret\":{\"secretName\":\"db\"}}]}}")));
    all.add(
        harmless(
            "a certificate",
            page(
                "/c",
                "text/plain",
                "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")));
    all.add(
        harmless(
            "a public key",
            page(
                "/c",
                "text/plain",
                "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n")));
    all.add(harmless("settings", page("/c", "text/plain", "PATH=/bin\nHOSTNAME=a\nPORT=80\n")));
    all.add(
        harmless(
            "a reference",
            page(
                "/c",
                "text/plain",
                "env:\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db\n")));
    all.add(harmless("a store of Secrets", page("/c", "text/plain", "kind: SecretStore\n")));
  }

  private static Variant secret(String name, String text) {
    return Variant.of(SECRET, name, page("/x", "text/plain", text));
  }

  private static String token(String head, String claims) {
    return url(head) + '.' + url(claims) + '.' + "c2lnbmF0dXJl".repeat(20);
  }

  private static String url(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
