/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.injector.testing.Templates;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** A webhook in a process of its own, with the heap of the shipped one. Ends with its input. */
final class AttackedWebhook {

  private AttackedWebhook() {}

  /**
   * Runs it, and prints its port.
   *
   * @param arguments the folder of tls.crt and tls.key
   */
  public static void main(String[] arguments) throws Exception {
    Webhook webhook =
        Webhook.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            IdentitySource.inFolder(Path.of(arguments[0])),
            Templates.PLAIN,
            Set.of("kube-system"),
            false,
            Optional.empty(),
            System.err);
    System.out.println(webhook.port());
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
          } catch (java.io.IOException e) {
            System.err.println(e);
          }
          System.err.println(MetricsPort.text(MetricsFormat.TEXT, webhook::metrics));
          webhook.stop();
        });
    webhook.run();
  }
}
