/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.kubernetes;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * How a pod reaches the API server: {@code KUBERNETES_SERVICE_HOST} and {@code _PORT}, and the
 * files {@code token}, {@code ca.crt} and {@code namespace} of a mounted service account. Files are
 * read when they are needed, since the kubelet replaces them.
 *
 * @param host address or name of the API server, empty when there is none
 * @param folder where the files are
 * @param podNamespace the pod's namespace when there is no file that says so, may be empty
 */
public record ServiceAccount(String host, int port, Path folder, String podNamespace) {

  /** Where Kubernetes mounts it. */
  public static final Path USUAL_FOLDER = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private static final int HTTPS_PORT = 443;
  private static final int FILE_BYTES_MAX = 256 * 1_024;

  /** Reads the environment; nothing is opened. */
  public static ServiceAccount of(Map<String, String> environment, Path folder) {
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "").strip();
    try {
      return new ServiceAccount(
          environment.getOrDefault("KUBERNETES_SERVICE_HOST", "").strip(),
          port.isEmpty() ? HTTPS_PORT : Integer.parseInt(port),
          folder,
          environment.getOrDefault("POD_NAMESPACE", "").strip());
    } catch (NumberFormatException e) {
      throw new SettingsException("KUBERNETES_SERVICE_PORT '" + port + "' is not a port", e);
    }
  }

  /** Returns host and port as HTTP's {@code Host} has them. */
  public String authority() {
    return (host.indexOf(':') >= 0 ? '[' + host + ']' : host) + ':' + port;
  }

  /** Returns the token as it is now. */
  String token() throws ApiException {
    return text("token");
  }

  /** Returns the certificates, PEM, that the API server's is signed by. */
  byte[] certificates() throws ApiException {
    return read("ca.crt");
  }

  /** Returns the pod's own namespace. */
  public String namespace() throws ApiException {
    return !podNamespace.isEmpty() && !Files.isReadable(folder.resolve("namespace"))
        ? podNamespace
        : text("namespace");
  }

  private String text(String file) throws ApiException {
    String text = new String(read(file), StandardCharsets.US_ASCII).strip();
    if (text.isEmpty() || text.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new ApiException(
          ApiFailure.NO_CREDENTIALS, folder.resolve(file) + " does not hold one word");
    }
    return text;
  }

  private byte[] read(String name) throws ApiException {
    if (host.isEmpty()) {
      throw new ApiException(
          ApiFailure.NO_CREDENTIALS,
          "KUBERNETES_SERVICE_HOST is not set: not in a pod? (dns:HOST and addresses need no API)");
    }
    Path file = folder.resolve(name);
    try {
      if (Files.size(file) <= FILE_BYTES_MAX) {
        return Files.readAllBytes(file);
      }
    } catch (IOException e) {
      throw new ApiException(
          ApiFailure.NO_CREDENTIALS,
          file
              + " cannot be read: set automountServiceAccountToken or mount a token (dns:HOST and"
              + " addresses need none)");
    }
    throw new ApiException(ApiFailure.NO_CREDENTIALS, file + " is too long");
  }
}
