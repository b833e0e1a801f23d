/** What the page and the API are told of the lake; knows no terminal. */
package io.medallion.cli.lake;
