<?php
/* Test-bed wp-config: one document root, many sites. Everything that differs is an environment
 * variable (process environment for CLI and `php -S`, fastcgi_param for php-fpm). */
function tb_env( $name, $default = '' ) {
	$v = isset( $_SERVER[ $name ] ) ? $_SERVER[ $name ] : getenv( $name );
	return ( false === $v || null === $v || '' === $v ) ? $default : $v;
}
define( 'TB_SITE', preg_replace( '/\W/', '', tb_env( 'WPSITE', 'main' ) ) );
define( 'DB_NAME', 'wp_' . TB_SITE );
define( 'DB_USER', tb_env( 'WPDBUSER', 'wp' ) );
define( 'DB_PASSWORD', tb_env( 'WPDBPASS', 'wp' ) );
define( 'DB_HOST', tb_env( 'WPDBHOST', 'localhost' ) );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
foreach ( array( 'AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT', 'LOGGED_IN_SALT', 'NONCE_SALT' ) as $tb_k ) {
	define( $tb_k, 'test-bed-only-' . $tb_k );
}
$tb_host = isset( $_SERVER['HTTP_HOST'] ) ? $_SERVER['HTTP_HOST'] : '';
$tb_url  = preg_match( '/^(127\.0\.0\.1|localhost|[a-z0-9.-]+\.test)(:\d+)?$/', $tb_host ) ? 'http://' . $tb_host : tb_env( 'WPURL', 'http://127.0.0.1:18100' );
$tb_url .= tb_env( 'WPPATH' );
define( 'WP_HOME', $tb_url );
define( 'WP_SITEURL', $tb_url );
define( 'WP_CONTENT_DIR', rtrim( tb_env( 'WPCONTENT', __DIR__ . '/wp-content' ), '/' ) );
define( 'WP_CONTENT_URL', $tb_url . '/wp-content' );
define( 'UPLOADS', 'wp-content/uploads-' . TB_SITE );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'DISABLE_WP_CRON', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'DISALLOW_FILE_MODS', true );
define( 'WP_POST_REVISIONS', 3 );
define( 'WP_MEMORY_LIMIT', '512M' );
define( 'WP_DEBUG', (bool) tb_env( 'WPDEBUG', '' ) );
define( 'WP_DEBUG_DISPLAY', false );
define( 'WP_DEBUG_LOG', tb_env( 'TBRUN', sys_get_temp_dir() ) . '/debug.log' );
@ini_set( 'display_errors', '0' );
error_reporting( E_ALL & ~E_DEPRECATED & ~E_NOTICE & ~E_WARNING & ~E_STRICT );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
