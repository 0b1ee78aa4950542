/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.kubernetes;

/** Why the sensors could not be asked for: names of counters, each counts attempts. */
public enum ApiFailure {
  /** No token, certificate or address of the API server where a pod has them. */
  NO_CREDENTIALS,
  /** Nobody answers at the API server's address, or the connection broke. */
  UNREACHABLE,
  /** A connection or an answer did not come in time, or stopped in the middle. */
  TIMEOUT,
  /** The server's certificate is not one of the cluster's. */
  TLS,
  /** 401: the token is not valid (any more). */
  UNAUTHORIZED,
  /** 403: a rule is missing. */
  FORBIDDEN,
  /** 410: the watch was too far behind; the list is read anew. */
  EXPIRED,
  /** 429: the server has too much to do. */
  THROTTLED,
  /** Any other answer that is not 200. */
  REFUSED,
  /** An answer that is not what the API says it is. */
  MALFORMED,
  /** DNS knows no address of the name, or does not answer. */
  NAME_UNKNOWN,
  /** More sensors than are kept in mind. */
  TOO_MANY
}
