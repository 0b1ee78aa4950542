/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Session;

/**
 * What the messages of a connection say of its kind: the versions that the ends speak, whether a
 * further request is to be expected. One thread.
 *
 * @see "RFC 9112 section 9.3; Zeek's HTTP_Analyzer, keep_alive"
 */
final class Persistence {

  private final Session session;
  private String requestVersion = "";
  private String answerVersion = "";
  private boolean isKept;
  private int requests;

  Persistence(Session session) {
    this.session = session;
  }

  /** Takes the version of a request, also of one that is refused then. */
  void requestVersion(String version) {
    noteChange(requestVersion, version);
    requestVersion = version;
  }

  /** Takes the version of an answer. */
  void answerVersion(String version) {
    noteChange(answerVersion, version);
    answerVersion = version;
  }

  private void noteChange(String before, String version) {
    if (!before.isEmpty() && !before.equals(version)) {
      session.weird("HTTP_version_mismatch", "");
    }
    isKept |= version.compareTo("1.0") > 0;
  }

  /** Takes a field of a request's head. */
  void requestHeader(HttpHeader header, String value) {
    if (header == HttpHeader.CONNECTION && BodyLength.token(value).equalsIgnoreCase("keep-alive")) {
      isKept = true;
    }
  }

  /** Counts a request. */
  void request() {
    requests++;
    if (!isKept && requests > 1) {
      session.weird("unexpected_multiple_HTTP_requests", "");
    }
  }

  /** Returns whether a request may come next. */
  boolean isRequestExpected() {
    return requests == 0 || isKept;
  }

  /** Returns whether the last request has no version, so that its answer has no head. */
  boolean isOld() {
    return requestVersion.equals(RequestLine.VERSION_0_9);
  }

  /** Returns the version of the last request, or an empty text. */
  String ofRequest() {
    return requestVersion;
  }

  /** Returns the version of the last answer, or an empty text. */
  String ofAnswer() {
    return answerVersion;
  }
}
