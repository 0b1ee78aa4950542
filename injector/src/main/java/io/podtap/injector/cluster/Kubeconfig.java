package io.podtap.injector.cluster;

import io.podtap.core.config.SettingsException;
import io.podtap.core.trust.Identity;
import io.podtap.injector.tree.Tree;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
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
 * <p>Understood: authorities, tokens, client certificates and programs that make either. Refused
 * with a word: servers whose certificate is not to be checked, proxies, the long gone {@code
 * auth-provider} and passwords.
 *
 * @see "Kubernetes documentation, kubeconfig (v1), client authentication (v1)"
 */
public final class Kubeconfig implements Credentials {

  private static final int FILE_BYTES_MAX = 1 << 20;

  private final Entry cluster;
  private final Entry user;
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

  private Kubeconfig(Entry cluster, Entry user, String namespace) {
    this.cluster = cluster;
    this.user = user;
    this.namespace = namespace;
    Map<String, @Nullable Object> exec = Tree.map(user.values().get("exec"));
    program = exec.isEmpty() ? null : new ExecCredential(exec, user.folder());
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
   * @param context its name, or an empty text for the current one
   * @throws SettingsException when a file is malformed or has no such context
   */
  static ClusterApi read(List<Path> files, String context) {
    List<Entry> documents = files.stream().map(Kubeconfig::document).toList();
    String name =
        context.isEmpty()
            ? documents.stream()
                .map(document -> document.text("current-context"))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElseThrow(
                    () -> new SettingsException("kubeconfig " + files + " has no current context"))
            : context;
    Entry chosen = entry(documents, "contexts", "context", name);
    Entry cluster = entry(documents, "clusters", "cluster", chosen.text("cluster"));
    Entry user =
        chosen.text("user").isEmpty()
            ? new Entry(Map.of(), Path.of(""))
            : entry(documents, "users", "user", chosen.text("user"));
    requireUnderstood(cluster, user);
    String namespace = chosen.text("namespace");
    return new ClusterApi(
        base(cluster), new Kubeconfig(cluster, user, namespace.isEmpty() ? "default" : namespace));
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
    refuse(cluster, "proxy-url", "a proxy is not supported");
    refuse(user, "auth-provider", "use an exec program instead");
    refuse(user, "username", "the API server takes no passwords any more");
    if (Boolean.TRUE.equals(cluster.values().get("insecure-skip-tls-verify"))) {
      throw new SettingsException(
          "kubeconfig: insecure-skip-tls-verify is not supported: name the authority instead");
    }
  }

  private static void refuse(Entry entry, String key, String why) {
    if (entry.values().containsKey(key)) {
      throw new SettingsException("kubeconfig: " + key + ": " + why);
    }
  }

  private static URI base(Entry cluster) {
    String server = cluster.text("server").replaceFirst("/+$", "");
    try {
      if (server.startsWith("https://")) {
        return URI.create(server);
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw new SettingsException("kubeconfig: server '" + server + "' is not https://HOST:PORT");
  }

  @Override
  public SSLContext tls() throws IOException {
    return Tls.trusting(cluster.bytes("certificate-authority"), client());
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
