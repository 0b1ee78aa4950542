/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import io.podtap.core.config.SettingsException;
import io.podtap.core.trust.Identity;
import io.podtap.injector.tree.Tree;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * One context of the files that kubectl reads: of each name the first file's entry counts, and the
 * first file's current context.
 *
 * <p>Every field is honoured or refused by its name, see {@link KubeconfigFields}. Refused are
 * servers whose certificate is not to be checked, proxies other than plain HTTP ones, and the long
 * gone {@code auth-provider}.
 *
 * @see "Kubernetes documentation, kubeconfig (v1), client authentication (v1)"
 */
public final class Kubeconfig implements Credentials {

  private static final int FILE_BYTES_MAX = 1 << 20;

  private final Entry cluster;
  private final Entry user;
  private final ServerAddress address;
  private final String namespace;
  private final @Nullable ExecCredential program;

  /**
   * What a file says under a name.
   *
   * @param folder against which the entry's file names are resolved
   */
  private record Entry(Map<String, @Nullable Object> values, Path folder) {

    String text(String key) {
      return Tree.text(values, key);
    }

    /** Returns what stands under {@code key-data} in base 64, or in the file {@code key}. */
    byte[] bytes(String key) throws IOException {
      String data = text(key + "-data");
      if (!data.isEmpty()) {
        try {
          return Base64.getMimeDecoder().decode(data);
        } catch (IllegalArgumentException e) {
          throw new IOException("kubeconfig: " + key + "-data is not base 64", e);
        }
      }
      String file = text(key);
      return file.isEmpty() ? new byte[0] : Files.readAllBytes(folder.resolve(file));
    }
  }

  private Kubeconfig(Entry cluster, Entry user, ServerAddress address, String namespace) {
    this.cluster = cluster;
    this.user = user;
    this.address = address;
    this.namespace = namespace;
    Map<String, @Nullable Object> exec = Tree.map(user.values().get("exec"));
    program =
        exec.isEmpty() ? null : new ExecCredential(exec, user.folder(), this::clusterForPrograms);
  }

  /** Returns what a program may be told of its cluster, the authorities as data. */
  private Map<String, @Nullable Object> clusterForPrograms() throws IOException {
    Map<String, @Nullable Object> told = new LinkedHashMap<>();
    for (String key : List.of("server", "tls-server-name", "proxy-url", "disable-compression")) {
      if (cluster.values().get(key) != null) {
        told.put(key, cluster.values().get(key));
      }
    }
    byte[] authorities = cluster.bytes("certificate-authority");
    if (authorities.length > 0) {
      told.put("certificate-authority-data", Base64.getEncoder().encodeToString(authorities));
    }
    for (Object extension : Tree.list(cluster.values().get("extensions"))) {
      if (Tree.text(extension, "name").equals("client.authentication.k8s.io/exec")) {
        told.put("config", Tree.at(extension, "extension"));
      }
    }
    return told;
  }

  /**
   * Returns the files to read: those of {@code KUBECONFIG}, else {@code ~/.kube/config}; only those
   * that exist.
   */
  static List<Path> files(Map<String, String> environment) {
    String list = environment.getOrDefault("KUBECONFIG", "");
    List<Path> files = new ArrayList<>();
    if (list.isBlank()) {
      files.add(Path.of(environment.getOrDefault("HOME", "/"), ".kube", "config"));
    }
    for (String name : list.split(File.pathSeparator, -1)) {
      if (!name.isBlank()) {
        files.add(Path.of(name.strip()));
      }
    }
    return files.stream().filter(Files::exists).toList();
  }

  /**
   * Reads a context.
   *
   * @throws SettingsException when a file is malformed, has no such context, or a field in it that
   *     is not understood
   */
  static ClusterApi read(List<Path> files, ClusterChoice choice) {
    List<Entry> documents = files.stream().map(Kubeconfig::document).toList();
    Entry chosen = context(files, documents, choice);
    String clusterName = choice.cluster().isEmpty() ? chosen.text("cluster") : choice.cluster();
    String userName = choice.user().isEmpty() ? chosen.text("user") : choice.user();
    Entry cluster = entry(documents, "clusters", "cluster", clusterName);
    Entry user =
        userName.isEmpty()
            ? new Entry(Map.of(), Path.of(""))
            : entry(documents, "users", "user", userName);
    KubeconfigFields.require("context", chosen.values(), KubeconfigFields.CONTEXT);
    KubeconfigFields.require(
        "cluster '" + clusterName + '\'', cluster.values(), KubeconfigFields.CLUSTER);
    KubeconfigFields.require("user '" + userName + '\'', user.values(), KubeconfigFields.USER);
    KubeconfigFields.require(
        "user '" + userName + "': exec",
        Tree.map(user.values().get("exec")),
        KubeconfigFields.EXEC);
    requireUnderstood(cluster, user);
    ServerAddress address =
        ServerAddress.of(
            cluster.text("server"), cluster.text("tls-server-name"), cluster.text("proxy-url"));
    String namespace = chosen.text("namespace");
    Credentials own =
        new Kubeconfig(cluster, user, address, namespace.isEmpty() ? "default" : namespace);
    return new ClusterApi(address.base(), Impersonation.of(choice, user.values()).of(own));
  }

  private static Entry context(List<Path> files, List<Entry> documents, ClusterChoice choice) {
    String name = choice.context();
    for (Entry document : documents) {
      name = name.isEmpty() ? document.text("current-context") : name;
    }
    if (!name.isEmpty()) {
      return entry(documents, "contexts", "context", name);
    }
    if (!choice.cluster().isEmpty()) {
      return new Entry(Map.of(), Path.of(""));
    }
    throw new SettingsException(
        "kubeconfig '"
            + String.join(":", files.stream().map(Path::toString).toList())
            + "' has no current context");
  }

  private static Entry document(Path file) {
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        throw new SettingsException("kubeconfig " + file + " is too long");
      }
      Object root =
          new Load(LoadSettings.builder().setLabel(file.toString()).build())
              .loadFromString(Files.readString(file));
      Path folder = file.toAbsolutePath().getParent();
      return new Entry(Tree.map(root), folder == null ? Path.of("/") : folder);
    } catch (IOException | YamlEngineException e) {
      throw new SettingsException("kubeconfig " + file + ": " + e.getMessage(), e);
    }
  }

  private static Entry entry(List<Entry> documents, String list, String key, String name) {
    for (Entry document : documents) {
      for (Object entry : Tree.list(document.values().get(list))) {
        if (Tree.text(entry, "name").equals(name)) {
          return new Entry(Tree.map(Tree.at(entry, key)), document.folder());
        }
      }
    }
    throw new SettingsException("kubeconfig has no " + key + " '" + name + "'");
  }

  private static void requireUnderstood(Entry cluster, Entry user) {
    if (Boolean.TRUE.equals(cluster.values().get("insecure-skip-tls-verify"))) {
      throw new SettingsException(
          "kubeconfig: insecure-skip-tls-verify is not supported: set certificate-authority instead");
    }
    boolean hasToken = !(user.text("token") + user.text("tokenFile")).isEmpty();
    if (hasToken && !user.text("username").isEmpty()) {
      throw new SettingsException("kubeconfig: a user has both a token and a username");
    }
    if (!user.text("password").isEmpty() && user.text("username").isEmpty()) {
      throw new SettingsException("kubeconfig: a user has a password and no username");
    }
  }

  @Override
  public SSLContext tls() throws IOException {
    return Tls.trusting(cluster.bytes("certificate-authority"), client(), address.serverName());
  }

  @Override
  public HttpClient.Builder reaching(HttpClient.Builder client) throws IOException {
    return address.reaching(client.sslContext(tls()));
  }

  private @Nullable Identity client() throws IOException {
    byte[] certificate = user.bytes("client-certificate");
    String chain = new String(certificate, StandardCharsets.US_ASCII);
    String key = new String(user.bytes("client-key"), StandardCharsets.US_ASCII);
    if (chain.isEmpty() && program != null) {
      chain = program.status("clientCertificateData");
      key = program.status("clientKeyData");
    }
    try {
      return chain.isEmpty() ? null : Identity.parse(chain, key);
    } catch (GeneralSecurityException e) {
      throw new IOException("kubeconfig: client certificate: " + e.getMessage(), e);
    }
  }

  @Override
  public String authorization() throws IOException {
    if (!user.text("username").isEmpty()) {
      String pair = user.text("username") + ':' + user.text("password");
      return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
    String file = user.text("tokenFile");
    String token =
        file.isEmpty() ? user.text("token") : Files.readString(user.folder().resolve(file)).strip();
    if (token.isEmpty() && program != null) {
      token = program.status("token");
    }
    return token.isEmpty() ? "" : "Bearer " + token;
  }

  @Override
  public String namespace() {
    return namespace;
  }
}
