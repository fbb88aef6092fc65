<?php
/*
 * Router for `php -S`: real files as they are, everything else to WordPress.
 * Each request that WordPress answers becomes a line of the access log: time, status, method, URI and
 * milliseconds, apart by tabs. It is the server's own witness of what was asked.
 */
$tb_start = microtime( true );
$tb_path  = rawurldecode( parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) ?: '/' );
$tb_home  = getenv( 'WPPATH' ) ?: '';
$tb_file  = $_SERVER['DOCUMENT_ROOT'] . $tb_path;
if ( false === strpos( $tb_path, '..' ) && '/index.php' !== $tb_path && is_file( $tb_file ) ) {
	return false;
}
if ( getenv( 'TBACCESS' ) ) {
	register_shutdown_function(
		function () use ( $tb_start ) {
			$line = array( gmdate( 'Y-m-d\TH:i:s\Z' ), http_response_code(), $_SERVER['REQUEST_METHOD'], $_SERVER['REQUEST_URI'], (int) ( 1000 * ( microtime( true ) - $tb_start ) ) );
			file_put_contents( getenv( 'TBACCESS' ), implode( "\t", $line ) . "\n", FILE_APPEND | LOCK_EX );
		}
	);
}
if ( preg_match( '#^/wp-(admin|login)#', $tb_path ) && is_file( rtrim( $tb_file, '/' ) . '/index.php' ) ) {
	$_SERVER['SCRIPT_NAME'] = rtrim( $tb_path, '/' ) . '/index.php';
	chdir( $tb_file );
	require rtrim( $tb_file, '/' ) . '/index.php';
	return true;
}
unset( $_SERVER['PATH_INFO'] ); // of /index.php/2024/05/, and decoded: WordPress reads the URI instead
$_SERVER['SCRIPT_NAME'] = $tb_home . '/index.php';
$_SERVER['PHP_SELF']    = $tb_home . '/index.php';
chdir( $_SERVER['DOCUMENT_ROOT'] );
require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
