/**
 * Gold for programs: its marts and views over HTTP, read as the role that can do nothing else, with
 * what a number needs beside it: as of which version, up to when complete, what was left out.
 */
package io.medallion.dashboard.api;
