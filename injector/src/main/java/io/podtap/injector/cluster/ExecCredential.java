package io.podtap.injector.cluster;

import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program that a kubeconfig names to make credentials, as the clouds have them. Run when it is
 * first asked and again when what it made has ended. Its messages go to our standard error.
 *
 * @see "Kubernetes documentation, client.authentication.k8s.io/v1"
 */
final class ExecCredential {

  private static final long MARGIN_SECONDS = 30;
  private static final long SECONDS_MAX = 60;

  private final Map<String, @Nullable Object> exec;
  private final Path folder;
  private Map<String, @Nullable Object> status = Map.of();
  private Instant end = Instant.MIN;

  /**
   * @param exec the kubeconfig's object {@code exec}
   * @param folder against which a command with a slash in it is resolved
   */
  ExecCredential(Map<String, @Nullable Object> exec, Path folder) {
    this.exec = exec;
    this.folder = folder;
  }

  /** Returns a field of what the program made, or an empty text. */
  synchronized String status(String field) throws IOException {
    if (Instant.now().plusSeconds(MARGIN_SECONDS).isAfter(end)) {
      status = Tree.map(Tree.at(run(), "status"));
      end = expiration(Tree.text(status, "expirationTimestamp"));
    }
    return Tree.text(status, field);
  }

  private static Instant expiration(String text) throws IOException {
    try {
      return text.isEmpty() ? Instant.MAX : Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IOException("kubeconfig: exec: expirationTimestamp '" + text + "'", e);
    }
  }

  private @Nullable Object run() throws IOException {
    String name = Tree.text(exec, "command");
    List<String> command = new ArrayList<>();
    command.add(name.contains("/") ? folder.resolve(name).toString() : name);
    Tree.list(exec.get("args")).forEach(word -> command.add(String.valueOf(word)));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
    for (Object variable : Tree.list(exec.get("env"))) {
      builder.environment().put(Tree.text(variable, "name"), Tree.text(variable, "value"));
    }
    builder.environment().put("KUBERNETES_EXEC_INFO", JsonText.write(info()));
    Process process = builder.start();
    try (InputStream out = process.getInputStream()) {
      byte[] text = out.readAllBytes();
      if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("kubeconfig: " + name + " failed and made no credentials");
      }
      return JsonText.read(new java.io.ByteArrayInputStream(text));
    } catch (JsonText.MalformedException e) {
      throw new IOException("kubeconfig: " + name + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroy();
    }
  }

  private Map<String, @Nullable Object> info() {
    return Map.of(
        "apiVersion", Tree.text(exec, "apiVersion"),
        "kind", "ExecCredential",
        "spec", Map.of("interactive", false));
  }
}
