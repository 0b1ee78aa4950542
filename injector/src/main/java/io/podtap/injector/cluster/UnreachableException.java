/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;

/** No answer came from an API server: the message names it and says why, in one line. */
final class UnreachableException extends IOException {

  private static final long serialVersionUID = 1;

  /** In the JDK's words. */
  private static final String NO_PATH = "unable to find valid certification path";

  UnreachableException(URI server, IOException cause) {
    super("API server " + server + ": " + why(server, cause), cause);
  }

  /** The JDK's client often has no words of its own for it. */
  private static String why(URI server, IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
        return "host name '" + server.getHost() + "' cannot be resolved";
      }
      if (cause instanceof HttpTimeoutException) {
        return "no answer in time";
      }
    }
    String message = failure.getMessage();
    if (failure instanceof SSLException) {
      return message != null && message.contains(NO_PATH)
          ? "its certificate is not signed by a trusted authority"
          : "TLS: " + message;
    }
    if (failure instanceof ConnectException && message == null) {
      return "connection refused";
    }
    return message == null ? failure.toString() : message;
  }
}
