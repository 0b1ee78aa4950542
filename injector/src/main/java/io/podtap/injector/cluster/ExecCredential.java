/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  private static final String API = "client.authentication.k8s.io/";

  /** Returns what the program is told of its cluster. */
  interface Cluster {
    Map<String, @Nullable Object> info() throws IOException;
  }

  private final Map<String, @Nullable Object> exec;
  private final Path folder;
  private final Cluster cluster;
  private Map<String, @Nullable Object> status = Map.of();
  private Instant end = Instant.MIN;

  /**
   * @param exec the kubeconfig's object {@code exec}
   * @param folder against which a command with a slash in it is resolved
   * @param cluster asked when the program wants to know of it
   * @throws SettingsException when it is of a version or mode that is not known
   */
  ExecCredential(Map<String, @Nullable Object> exec, Path folder, Cluster cluster) {
    this.exec = exec;
    this.folder = folder;
    this.cluster = cluster;
    String version = Tree.text(exec, "apiVersion");
    if (!Set.of(API + "v1", API + "v1beta1").contains(version)) {
      throw new SettingsException(
          "kubeconfig: exec: apiVersion '" + version + "' is neither " + API + "v1 nor v1beta1");
    }
    if (!Set.of("", "Never", "IfAvailable", "Always").contains(mode())) {
      throw new SettingsException(
          "kubeconfig: exec: interactiveMode '" + mode() + "' is not known");
    }
    if (Tree.text(exec, "command").isEmpty()) {
      throw new SettingsException("kubeconfig: exec: command is missing");
    }
  }

  private String mode() {
    return Tree.text(exec, "interactiveMode");
  }

  /** Returns whether the program may ask a person. */
  @SuppressWarnings("SystemConsoleNull") // since JDK 25 it is null again without a terminal
  private boolean isInteractive() throws IOException {
    Console console = System.console();
    boolean isTerminal = console != null && console.isTerminal();
    if (mode().equals("Always") && !isTerminal) {
      throw new IOException(
          "kubeconfig: exec: interactiveMode Always, and standard input is not a terminal");
    }
    return isTerminal && !mode().equals("Never");
  }

  /** Returns a field of what the program made, or an empty text. */
  synchronized String status(String field) throws IOException {
    if (Instant.now().plusSeconds(MARGIN_SECONDS).isAfter(end)) {
      Object made = run();
      String version = Tree.text(made, "apiVersion");
      if (!version.equals(Tree.text(exec, "apiVersion"))) {
        throw new IOException(
            "kubeconfig: exec: "
                + Tree.text(exec, "command")
                + " made credentials of apiVersion '"
                + version
                + "', not "
                + Tree.text(exec, "apiVersion"));
      }
      status = Tree.map(Tree.at(made, "status"));
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
    boolean isInteractive = isInteractive();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectInput(
                isInteractive
                    ? ProcessBuilder.Redirect.INHERIT
                    : ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
    for (Object variable : Tree.list(exec.get("env"))) {
      builder.environment().put(Tree.text(variable, "name"), Tree.text(variable, "value"));
    }
    builder.environment().put("KUBERNETES_EXEC_INFO", JsonText.write(info(isInteractive)));
    Process process = start(builder, name);
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

  private Process start(ProcessBuilder builder, String name) throws IOException {
    try {
      return builder.start();
    } catch (IOException e) {
      String hint = Tree.text(exec, "installHint").replaceAll("\\s+", " ").strip();
      throw new IOException(
          "kubeconfig: exec: " + name + " cannot be run" + (hint.isEmpty() ? "" : ": " + hint), e);
    }
  }

  private Map<String, @Nullable Object> info(boolean isInteractive) throws IOException {
    Map<String, @Nullable Object> spec = new LinkedHashMap<>();
    spec.put("interactive", isInteractive);
    if (Boolean.TRUE.equals(exec.get("provideClusterInfo"))) {
      spec.put("cluster", cluster.info());
    }
    return Map.of(
        "apiVersion", Tree.text(exec, "apiVersion"), "kind", "ExecCredential", "spec", spec);
  }
}
