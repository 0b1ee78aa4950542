/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Why there is no answer is said in words, whatever the JDK's client makes of it. */
final class UnreachableTest {

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(
            new ConnectException().initCause(new ClosedChannelException()), "connection refused"),
        Arguments.of(
            new ConnectException().initCause(new UnresolvedAddressException()),
            "host name 'api.example' cannot be resolved"),
        Arguments.of(
            new HttpConnectTimeoutException("HTTP connect timed out"), "no answer in time"),
        Arguments.of(
            new SSLHandshakeException(
                "(certificate_unknown) PKIX path building failed: unable to find valid"
                    + " certification path to requested target"),
            "its certificate is not signed by a trusted authority"),
        Arguments.of(
            new SSLHandshakeException("no cipher suites in common"),
            "TLS: no cipher suites in common"),
        Arguments.of(new ConnectException("No route to host"), "No route to host"),
        Arguments.of(new IOException(), "java.io.IOException"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void isSaidInOneLine(IOException failure, String why) {
    assertThat(new UnreachableException(URI.create("https://api.example:6443"), failure))
        .hasMessage("API server https://api.example:6443: " + why)
        .hasCause(failure);
  }
}
