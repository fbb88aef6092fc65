<?php
/**
 * Run PHP from standard input inside WordPress: `wp-testbed.sh eval <FILE`.
 * For tests that edit a site between two crawls. What it prints is its answer.
 */
$arg = getopt( '', array( 'wp:' ) );
$_SERVER['HTTP_HOST']       = preg_replace( '#^https?://#', '', getenv( 'WPURL' ) );
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_URI']     = '/';
$_SERVER['REMOTE_ADDR']     = '127.0.0.1';
define( 'WP_IMPORTING', true ); // no pings, no mails
require rtrim( $arg['wp'], '/' ) . '/wp-load.php';
add_filter( 'pre_wp_mail', '__return_true' );
wp_set_current_user( 1 );
eval( preg_replace( '/^\s*<\?php/', '', stream_get_contents( STDIN ) ) );
