/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;

/**
 * A pod's service account, as the kubelet mounts it.
 *
 * @param folder of {@code token}, {@code ca.crt} and {@code namespace}
 */
record MountedAccount(Path folder) implements Credentials {

  @Override
  public SSLContext tls() throws IOException {
    return Tls.trusting(Files.readAllBytes(folder.resolve("ca.crt")), null);
  }

  @Override
  public String authorization() throws IOException {
    return "Bearer " + Files.readString(folder.resolve("token")).strip();
  }

  @Override
  public String namespace() throws IOException {
    return Files.readString(folder.resolve("namespace")).strip();
  }
}
